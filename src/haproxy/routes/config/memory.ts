import type { Held, Worker } from '../../../release/reading.ts';
import type { ConfigOnDisk } from '../../config-file/config-on-disk.ts';
import { findTrafficLine } from '../../config-file/traffic-line.ts';
import { heldOf } from '../../held.ts';
import { lineName } from './config-node.ts';
import type { ConfigTarget } from './config-target.ts';

/** What the file names for the route's line. */
export function heldOnDisk({ text }: Pick<ConfigOnDisk, 'text'>, target: ConfigTarget): Held {
  const line = findTrafficLine(text, lineName(target));
  if (line.kind === 'unclear') return { kind: 'unreadable', why: line.why };
  return heldOf([Buffer.from(line.backend, 'latin1').toString('utf8')], target.sides);
}

/**
 * What the worker has: no command tells it, but it read the file when it started. A worker that started in a later
 * second than the file's newest change has what the file says; of any other nobody can tell.
 * `startedAt` is noted before the file is read, so a later second is proof.
 */
export function heldInMemory(
  disk: Held,
  { path, changedAt }: Pick<ConfigOnDisk, 'path' | 'changedAt'>,
  { pid, startedAt }: Worker,
): Held {
  if (startedAt > changedAt) return disk;
  const words = `worker ${pid} started before the last change of ${path}`;
  return { kind: 'between', words };
}
