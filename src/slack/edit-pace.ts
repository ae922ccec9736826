import type { Clock } from '../engine/ports.ts';
import type { Timings } from '../timing/timings.ts';

/** So many edits may come at once. */
const atOnce = 7;

/** When which message may be edited: the one place that keeps to it, however many releases, nodes and servers there are. */
export class EditPace {
  readonly #clock: Clock;
  readonly #timings: Timings;
  readonly #edited = new Map<string, number>();
  /** Where the next edit would be if every one had kept its distance. */
  #next = 0;

  constructor(clock: Clock, timings: Timings) {
    this.#clock = clock;
    this.#timings = timings;
  }

  /** Milliseconds until this message may be edited. `urgent`: for a new state, not for progress alone. */
  inMs(message: string, urgent: boolean): number {
    const now = this.#clock.now().mono;
    const own = (this.#edited.get(message) ?? -Infinity) + this.#timings.editEveryMs - now;
    // Progress leaves what may come at once to what people wait for.
    const ahead = urgent ? (atOnce - 1) * this.#timings.anyEditEveryMs : 0;
    return Math.max(0, own, this.#next - ahead - now);
  }

  /** This message is being edited now. */
  edited(message: string): void {
    const now = this.#clock.now().mono;
    if (this.#edited.size > 1_000) this.#forgetBefore(now - this.#timings.editEveryMs);
    this.#edited.set(message, now);
    this.#next = Math.max(now, this.#next) + this.#timings.anyEditEveryMs;
  }

  #forgetBefore(then: number): void {
    for (const [message, at] of this.#edited) if (at < then) this.#edited.delete(message);
  }
}
