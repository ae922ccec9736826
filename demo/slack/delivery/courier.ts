import type { Faults } from '../faults.ts';
import type { Carrier, Delivery, Outcome } from './delivery.ts';

/** One delivery as it went, retries as entries of their own. */
export interface Delivered {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

/** Brings deliveries to the app and events again until they are acknowledged; keeps what went. */
export class Courier {
  readonly delivered: Delivered[] = [];
  readonly #carrier: Carrier;
  readonly #faults: () => Faults;
  readonly #now: () => number;
  readonly #retryDelaysMs: readonly number[];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(deps: {
    readonly carrier: Carrier;
    readonly faults: () => Faults;
    readonly now: () => number;
    /** How long after a failure an event is told again; Slack: at once, after a minute, after five. */
    readonly retryDelaysMs: readonly number[];
  }) {
    this.#carrier = deps.carrier;
    this.#faults = deps.faults;
    this.#now = deps.now;
    this.#retryDelaysMs = deps.retryDelaysMs;
  }

  async deliver(delivery: Delivery): Promise<Outcome> {
    const at = this.#now();
    const outcome: Outcome = this.#faults().isDown
      ? { kind: 'failed', why: 'Slack is down' }
      : await this.#carrier.deliver(delivery);
    this.delivered.push({ at, delivery, outcome });
    if (delivery.type === 'events_api' && outcome.kind !== 'acknowledged') {
      this.#retryLater(delivery, outcome.kind === 'timed_out' ? 'http_timeout' : 'http_error');
    }
    return outcome;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#carrier.close();
  }

  #retryLater(delivery: Delivery, reason: string): void {
    const number = (delivery.retry?.number ?? 0) + 1;
    const delay = this.#retryDelaysMs[number - 1];
    if (delay === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.deliver({ ...delivery, retry: { number, reason } });
    }, delay);
    this.#timers.add(timer);
  }
}
