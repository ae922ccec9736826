import type { Worker } from './reading.ts';

/** A reload changes both: the kernel gives out pids again. */
export function isSameWorker(one: Worker, other: Worker): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}
