import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { Release } from '../../src/release/release.ts';
import { isEnd } from '../../src/release/states.ts';
import type { NodeTarget } from '../../src/release/target.ts';
import type { TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openBench, type Path } from './paths.ts';

const script = new URL('./house-process.ts', import.meta.url).pathname;

/** How a played process ended: by itself, or by the failpoint. */
export type Played = 'done' | 'killed';

/** Plays a path in a process of its own; `failpoint` as POINTSMAN_FP takes it. */
export function playApart(
  folder: string,
  targets: readonly NodeTarget[],
  path: Path | 'recover',
  failpoint?: string,
): Promise<Played> {
  return new Promise((resolve, reject) => {
    const order = JSON.stringify({ folder, targets, path });
    const child = spawn(process.execPath, ['--import', 'tsx', script, order], {
      env: {
        ...process.env,
        NODE_ENV: 'test',
        ...(failpoint === undefined ? {} : { POINTSMAN_FP: failpoint }),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else reject(new Error(`${path} ended with ${code ?? signal}: ${said.slice(-2000)}`));
    });
  });
}

/** Plays a path once undisturbed and gives the names of all failpoints it hit, in order. */
export async function record(fleet: TestFleet, path: Path | 'recover'): Promise<readonly string[]> {
  const folder = newFolder();
  const file = join(folder, 'hits');
  try {
    await playApart(folder, fleet.target().nodes, path, `record:${file}`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'pm-crash-'));
}

/** Every node on blue again, in memory and on disk, whatever a run before has left. */
export async function resetFleet(fleet: TestFleet): Promise<void> {
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
}

/** What must hold after a kill and a start: I1, I3, I4, I6 and I7. Gives the sentence of the first that does not. */
export async function judgeAfterStart(
  fleet: TestFleet,
  folder: string,
): Promise<string | undefined> {
  const bench = openBench(folder, fleet.target().nodes);
  try {
    await waitUntil(() => bench.store.openReleases().every(atRest), {
      timeout: 20_000,
      what: 'recovery to come to rest',
    });
    const open = bench.store.openReleases();
    const state = bench.store.service('checkout');
    const wanted = state.switchedTo ?? 'blue';
    const accepted = state.accepted?.side ?? 'blue';
    const off = open.some(needsAttention) ? undefined : await nodesOff(fleet, wanted);
    if (off !== undefined) return `I1: ${off}, the journal wants ${wanted}`;
    const disk = fleet.nodes.find((node) => node.disk() !== `active backend_${accepted}\n`);
    if (open.length === 0 && disk !== undefined) {
      return `I7: ${disk.name} has ${disk.disk().trim()} on disk, accepted is ${accepted}`;
    }
    for (const release of [1, 2].map((n) => bench.store.release(`checkout-${n}`))) {
      const why = release === undefined ? undefined : judgeRelease(release);
      if (why !== undefined) return why;
    }
    if ((state.open !== undefined) !== open.length > 0) return 'I6: lock and open release differ';
    const verified = verifyJournal(join(folder, 'pointsman.db'));
    return verified.kind === 'verified' ? undefined : `I4: ${verified.sentence}`;
  } finally {
    await bench.end();
  }
}

async function nodesOff(fleet: TestFleet, side: string): Promise<string | undefined> {
  for (const node of fleet.nodes) {
    const memory = await node.memory();
    if (memory !== `backend_${side}`) return `${node.name} has ${memory}`;
  }
  return undefined;
}

function judgeRelease({ id, state, openIntents }: Release): string | undefined {
  if (!isEnd(state) || openIntents.length === 0) return undefined;
  return `I3: ${id} has ended with open intents: ${JSON.stringify(openIntents)}`;
}

/** Waits for a person, or for a node: nothing is under way. */
export function atRest({ state, goingBack, settling }: Release): boolean {
  if (state === 'needs_attention' || state === 'awaiting_approval') return true;
  return state === 'awaiting_acceptance' && goingBack === undefined && settling === undefined;
}

function needsAttention({ state }: Release): boolean {
  return state === 'needs_attention';
}
