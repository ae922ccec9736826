import { Worker } from 'node:worker_threads';
import type { WholeProof } from './prove-whole.ts';
import type { Head } from './row.ts';

export interface ProofJob {
  readonly path: string;
  readonly program: string;
  readonly anchors: readonly Head[];
  readonly corrects: boolean;
}

/** The thread's program stands beside this file. */
const isBuilt = import.meta.url.endsWith('.js');
const file = new URL(isBuilt ? './proof-worker.js' : './proof-worker.ts', import.meta.url);
/** Run from its source (in development), a thread has to be taught TypeScript first. */
const fromSource = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(file.href)});
})`;
/** Megabytes: the same for any journal. */
const heap = 96;

/** Proves a journal from its first row in a thread of its own. Rejects where the thread fails, or is cut off. */
export function runProof(job: ProofJob, signal?: AbortSignal): Promise<WholeProof> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(isBuilt ? file : fromSource, {
      eval: !isBuilt,
      execArgv: [],
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    const cut = () => void worker.terminate();
    signal?.addEventListener('abort', cut, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', cut);
      reject(new Error(`The proof of ${job.path} ended early (exit ${code}).`));
    });
  });
}
