import { heldWords, sameHeld } from '../../../release/held-words.ts';
import type { Held, Worker } from '../../../release/reading.ts';
import type { ConfigOnDisk } from '../../config-file/config-on-disk.ts';
import { findTrafficLine } from '../../config-file/traffic-line.ts';
import { heldOf } from '../../held.ts';
import { type ConfigNode, lineName } from './config-node.ts';
import type { ConfigTarget } from './config-target.ts';
import { rememberWorker, seenWith } from './seen-workers.ts';

/** What the file names for the route's line. */
export function heldOnDisk({ text }: Pick<ConfigOnDisk, 'text'>, target: ConfigTarget): Held {
  const line = findTrafficLine(text, lineName(target));
  if (line.kind === 'unclear') return { kind: 'unreadable', why: line.why };
  return heldOf([Buffer.from(line.backend, 'latin1').toString('utf8')], target.sides);
}

/**
 * What the worker has: no command tells it, but it read the file when it started. A worker that started in a later
 * second than the file's newest change has what the file says, and keeps it as long as the file says the same.
 * HAProxy notes its start before it reads the file, so a later second is proof.
 */
export function heldInMemory(
  node: ConfigNode,
  disk: Held,
  { path, changedAt }: Pick<ConfigOnDisk, 'path' | 'changedAt'>,
  worker: Worker,
): Held {
  if (worker.startedAt > changedAt) {
    rememberWorker(node, worker, disk);
    return disk;
  }
  const known = seenWith(node, worker);
  if (known === undefined) {
    return {
      kind: 'between',
      words: `worker ${worker.pid} started before the last change of ${path}`,
    };
  }
  // An edit elsewhere in the file. One of the line itself is a switch that was begun: there is no whole side.
  if (sameHeld(known, disk)) return known;
  const words = `worker ${worker.pid} has ${heldWords(known)}, ${path} names ${heldWords(disk)}`;
  return { kind: 'between', words };
}
