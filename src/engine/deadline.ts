import type { Instant } from '../release/journal-entry.ts';
import type { Clock } from './ports.ts';

/** The moment `ms` from now, good within this boot and after the next. */
export function deadlineIn(clock: Clock, ms: number): Instant {
  const now = clock.now();
  return {
    at: new Date(Date.parse(now.at) + ms).toISOString(),
    boot: now.boot,
    mono: now.mono + ms,
  };
}

/** Milliseconds until a deadline, at least 0: by the monotonic clock within its boot, else by the wall clock. */
export function msUntil(clock: Clock, deadline: Instant): number {
  const now = clock.now();
  const left =
    deadline.boot === now.boot
      ? deadline.mono - now.mono
      : Date.parse(deadline.at) - Date.parse(now.at);
  return Math.max(0, left);
}

/** Milliseconds since an instant, by the same rule. */
export function msSince(clock: Clock, then: Instant): number {
  const now = clock.now();
  const passed =
    then.boot === now.boot ? now.mono - then.mono : Date.parse(now.at) - Date.parse(then.at);
  return Math.max(0, passed);
}
