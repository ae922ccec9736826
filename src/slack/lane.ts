import type { Clock } from '../engine/ports.ts';

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/** The line of messages of one channel: it rests after a failure, and nothing overtakes within it. */
export class Lane {
  readonly #clock: Clock;
  #failures = 0;
  #restsUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next message may be sent. */
  get restMs(): number {
    return Math.max(0, this.#restsUntil - this.#clock.now().mono);
  }

  /** Rests for as long as Slack said, else twice as long as the last time. */
  fail(afterMs?: number): void {
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    this.#restsUntil = this.#clock.now().mono + (afterMs ?? pause);
  }

  succeed(): void {
    this.#failures = 0;
    this.#restsUntil = 0;
  }
}
