import { keyedLimit } from './keyed-limit.ts';

/**
 * A node's slots: HAProxy has ten, people need some, and the eleventh connect succeeds and is then left unanswered.
 * One for the whole process, by address, so that a release and the drift watch share them.
 */
export const inSlot = keyedLimit(2);

const inOrder = keyedLimit(1);

/** Holds one map of one node: `commit map` and replacing its file write the whole map, so two writers lose a change. */
export function holdingMap<T>(address: string, map: string, task: () => Promise<T>): Promise<T> {
  return inOrder(`${address} ${map}`, task);
}

/** Holds one file: two nodes may read the same. */
export function holdingFile<T>(path: string, task: () => Promise<T>): Promise<T> {
  return inOrder(path, task);
}
