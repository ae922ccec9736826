import { oldWorkerSentence, sessionWords } from '../release/old-worker-words.ts';
import type { OldWorker, OldWorkers } from '../release/reading.ts';
import { type NodeName, type Side, sides } from '../release/vocabulary.ts';
import type { DriftEvent } from './drift-events.ts';

/** What was told of the old workers of one node. */
export interface OldWorkersSeen {
  /** By pid: `serving` was told, or that this is `over`. */
  readonly told: ReadonlyMap<number, 'serving' | 'over'>;
  /** For how many rounds the master has been silent. */
  readonly silent: number;
}

/** During a reload a master is silent for a moment; so many rounds in a row are more than that. */
const silentRounds = 3;

/**
 * What one round of old workers tells that the round before did not: one that still serves a side which is not
 * desired any more, and its end. Sessions on the desired side are a usual reload. Pure.
 */
export function oldWorkerEvents(
  before: ReadonlyMap<NodeName, OldWorkersSeen>,
  found: ReadonlyMap<NodeName, OldWorkers>,
  desired: Side | undefined,
): {
  readonly seen: ReadonlyMap<NodeName, OldWorkersSeen>;
  readonly events: readonly DriftEvent[];
} {
  const seen = new Map<NodeName, OldWorkersSeen>();
  const events: DriftEvent[] = [];
  for (const [node, workers] of found) {
    const was = before.get(node) ?? { told: new Map(), silent: 0 };
    if (workers.kind === 'unknown') {
      seen.set(node, { ...was, silent: was.silent + 1 });
      if (was.silent + 1 === silentRounds) events.push(event(node, silence(node, workers.why)));
      continue;
    }
    if (was.silent >= silentRounds) {
      events.push(event(node, `${node}: its master process answers again.`));
    }
    const looked = workers.workers.map((worker) => look(node, worker, was, desired));
    const gone = [...was.told].filter(([pid]) => !workers.workers.some((one) => one.pid === pid));
    events.push(
      ...looked.flatMap(({ sentence }) => (sentence === undefined ? [] : [event(node, sentence)])),
      ...gone.flatMap(([pid, told]) => (told === 'serving' ? [event(node, ended(node, pid))] : [])),
    );
    const told = looked.flatMap(({ pid, told: one }) =>
      one === undefined ? [] : [[pid, one] as const],
    );
    seen.set(node, { told: new Map(told), silent: 0 });
  }
  return { seen, events };
}

interface Looked {
  readonly pid: number;
  readonly told: 'serving' | 'over' | undefined;
  readonly sentence?: string;
}

function look(
  node: NodeName,
  { pid, sessions }: OldWorker,
  { told }: OldWorkersSeen,
  desired: Side | undefined,
): Looked {
  const undesired = sides.filter((side) => side !== desired && sessions[side] > 0);
  const last = told.get(pid);
  if (undesired.length === 0) {
    if (last !== 'serving') return { pid, told: last };
    const left = sides.filter((side) => side !== desired).join(' or ');
    return {
      pid,
      told: 'over',
      sentence: `${node}: the old worker (pid ${pid}) serves no session on ${left} any more.`,
    };
  }
  if (last !== undefined) return { pid, told: last };
  const left = sessionWords({
    blue: undesired.includes('blue') ? sessions.blue : 0,
    green: undesired.includes('green') ? sessions.green : 0,
  });
  return { pid, told: 'serving', sentence: oldWorkerSentence(node, pid, left) };
}

function ended(node: NodeName, pid: number): string {
  return `${node}: the old worker (pid ${pid}) has ended.`;
}

function silence(node: NodeName, why: string): string {
  return `${node}: its master process does not answer, so nobody sees what old workers still serve: ${why}`;
}

function event(node: NodeName, sentence: string): DriftEvent {
  return { kind: 'drift_seen', node, what: 'old worker', sentence };
}
