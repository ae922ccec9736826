import { counted } from './counted.ts';
import type { NodeStatus } from './node-status.ts';
import type { OldWorker } from './reading.ts';
import { type NodeName, sides } from './vocabulary.ts';

/** `4 sessions on blue and 1 session on green`; `no session` where there is none. */
export function sessionWords(sessions: OldWorker['sessions']): string {
  const words = sides
    .filter((side) => sessions[side] > 0)
    .map((side) => `${counted(sessions[side], 'session')} on ${side}`);
  return words.length === 0 ? 'no session' : words.join(' and ');
}

/** `lb-2: an old worker (pid 123) still serves 4 sessions on blue after a reload.` */
export function oldWorkerSentence(node: NodeName, pid: number, sessions: string): string {
  return `${node}: an old worker (pid ${pid}) still serves ${sessions} after a reload.`;
}

/** What there is to say of a node's old workers; none where there are none, or where no master is configured. */
export function oldWorkerNotes({ node, oldWorkers }: NodeStatus): readonly string[] {
  if (oldWorkers === undefined) return [];
  if (oldWorkers.kind === 'unknown') {
    return [`${node}: its old workers are unknown: ${oldWorkers.why}`];
  }
  return oldWorkers.workers
    .filter(({ sessions }) => sessions.blue + sessions.green > 0)
    .map(({ pid, sessions }) => oldWorkerSentence(node, pid, sessionWords(sessions)));
}
