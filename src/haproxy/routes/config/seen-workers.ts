import type { Held, Worker } from '../../../release/reading.ts';
import { isSameWorker } from '../../../release/worker.ts';
import type { ConfigNode } from './config-node.ts';

/**
 * What the worker of each node and line was proved to have. It keeps that as long as it lives, whatever becomes of the
 * file, so one proof is enough. One for the whole process: every reading of every service learns from it.
 */
const seen = new Map<string, { readonly worker: Worker; readonly held: Held }>();

export function rememberWorker(node: ConfigNode, worker: Worker, held: Held): void {
  seen.set(placeOf(node), { worker, held });
}

/** What this very worker was proved to have; undefined where nobody has seen it. */
export function seenWith(node: ConfigNode, worker: Worker): Held | undefined {
  const last = seen.get(placeOf(node));
  return last !== undefined && isSameWorker(last.worker, worker) ? last.held : undefined;
}

/** Behind a reload that did not load, or whose end nobody saw, the node is to be written again before it is believed. */
export function forgetWorker(node: ConfigNode): void {
  seen.delete(placeOf(node));
}

function placeOf({ at, target }: ConfigNode): string {
  return JSON.stringify([at.runtime, target.frontend, target.useBackend]);
}
