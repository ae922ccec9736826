import type { Clock } from '../engine/ports.ts';

/** A sleep that can be ended early; a ring while nobody sleeps ends the next sleep at once. */
export class Alarm {
  readonly #clock: Clock;
  #rung = false;
  #sleeper: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rung = true;
    this.#sleeper?.abort();
  }

  async sleep(ms: number): Promise<void> {
    if (!this.#rung && ms > 0) {
      this.#sleeper = new AbortController();
      await this.#clock.sleep(ms, this.#sleeper.signal).catch(() => undefined);
      this.#sleeper = undefined;
    }
    this.#rung = false;
  }
}
