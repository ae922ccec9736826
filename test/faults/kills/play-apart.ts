import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What a played process is told, as JSON. */
interface Playable {
  readonly folder: string;
  readonly path: string;
}

/** How a played process ended: by itself, or by the failpoint. */
export type Played = 'done' | 'killed';

/** No play takes longer than this, milliseconds, unless it hangs. */
const limitMs = 180_000;

/** Plays an order in a process of its own; `failpoint` as POINTSMAN_FP takes it. */
export function playApart(script: string, order: Playable, failpoint: string): Promise<Played> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, JSON.stringify(order)], {
      env: { ...process.env, NODE_ENV: 'test', POINTSMAN_FP: failpoint },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const limit = setTimeout(() => {
      reject(new Error(`${order.path} did not end in ${limitMs / 1000} s: ${said.slice(-2000)}`));
      child.kill('SIGKILL');
    }, limitMs);
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else reject(new Error(`${order.path} ended with ${code ?? signal}: ${said.slice(-2000)}`));
    });
  });
}

/** Plays an order undisturbed and gives the names of all failpoints it hit, in order. */
export async function record(script: string, order: Playable): Promise<readonly string[]> {
  const file = join(order.folder, 'hits');
  await playApart(script, order, `record:${file}`);
  if (!existsSync(file)) return [];
  const hits = readFileSync(file, 'utf8').trim().split('\n');
  rmSync(file);
  return hits;
}
