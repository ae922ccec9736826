import type { Failpoint } from '../runtime-api.ts';

export interface RouteOptions {
  /** Monotonic milliseconds, the same clock the engine reads. */
  readonly mono: () => number;
  /** Milliseconds for connecting to a node, and again for its whole answer; 3000. */
  readonly deadlineMs?: number;
  /** Where a crash test may stop the program: around the Runtime API call and around the rename. */
  readonly failpoint?: Failpoint;
}
