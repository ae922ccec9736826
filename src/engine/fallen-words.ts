import { heldWords } from '../release/held-words.ts';
import type { ReachedNode, Worker } from '../release/reading.ts';
import { isSameWorker } from '../release/worker.ts';

/** `lb-3 reloaded at 14:02 UTC and is back on blue`: another worker answers, and it has read the map file anew. */
export function reloadedWords(reading: ReachedNode): string {
  return `${reading.node} reloaded at ${startTime(reading)} and is back on ${heldWords(reading.memory)}`;
}

/** How a node left the side it was on, as far as the worker tells that had it there. */
export function fallenWords(reading: ReachedNode, before: Worker | undefined): string {
  if (before !== undefined && !isSameWorker(before, reading.worker)) return reloadedWords(reading);
  return `${reading.node} was changed by another hand and holds ${heldWords(reading.memory)}`;
}

/** `14:02 UTC`, by the node's own clock. */
export function startTime({ worker }: ReachedNode): string {
  return `${new Date(worker.startedAt * 1000).toISOString().slice(11, 16)} UTC`;
}
