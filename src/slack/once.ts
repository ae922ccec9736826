import type { Clock } from '../engine/ports.ts';

const keptMs = 10 * 60_000;

/**
 * Tells the copies of one delivery from the delivery: Slack is known to bring up to eleven, under ids of their own.
 * For this process alone; what had an effect is known across a restart by the journal.
 */
export class Once {
  readonly #clock: Clock;
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True the first time. */
  isNew(request: string): boolean {
    const now = this.#clock.now().mono;
    this.#forgetOld(now);
    if (this.#seen.has(request)) return false;
    this.#seen.set(request, now);
    return true;
  }

  /** It came to nothing through a fault of ours: the next copy counts. */
  forget(request: string): void {
    this.#seen.delete(request);
  }

  #forgetOld(now: number): void {
    for (const [request, at] of this.#seen) {
      if (now - at < keptMs) return;
      this.#seen.delete(request);
    }
  }
}
