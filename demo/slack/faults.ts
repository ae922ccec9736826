/** What one API call is to suffer instead of its answer. */
export type Fault =
  /** An HTTP status without a Slack answer, such as 500 or 503. */
  | { readonly status: number }
  /** Slack's `{ok: false, error}`. */
  | { readonly error: string }
  /** 429 with this many seconds in Retry-After. */
  | { readonly retryAfter: number }
  /** No answer until the caller gives up or the server closes. */
  | { readonly hang: true }
  /** The connection is cut, nothing was done. */
  | { readonly cut: 'before' }
  /** The call is carried out, and the connection is cut instead of the answer. */
  | { readonly cut: 'after' };

/** What becomes of a delivery that meets no connected socket, or whose socket goes away unacknowledged. */
export type WhileDisconnected =
  /** Slack's way: the person sees `dispatch_failed`, events are tried again. */
  | 'refuse'
  /** Sent (again) on the next connection, under the same envelope id. */
  | 'redeliver'
  /** Lost; the person sees the time-out. */
  | 'drop';

/** The faults of the local Slack, all off at the start. `*` as a method means every method. */
export class Faults {
  readonly #failing: { method: string; fault: Fault; left: number }[] = [];
  readonly #deliveries = { times: 1, envelopes: 'same' as 'same' | 'different' };
  readonly #onDown: () => void;
  readonly #onDisconnect: (announce: boolean) => void;
  #down: Fault | undefined;
  /** How deliveries behave while the app has no socket. */
  whileDisconnected: WhileDisconnected = 'refuse';

  constructor(hooks: { onDown: () => void; onDisconnect: (announce: boolean) => void }) {
    this.#onDown = hooks.onDown;
    this.#onDisconnect = hooks.onDisconnect;
  }

  /** The next `count` calls of the method fail; faults of one method happen in the order they were set. */
  failNext(method: string, fault: Fault, count = 1): void {
    this.#failing.push({ method, fault, left: count });
  }

  /** Until `up()`: every API call fails, every socket is cut, nothing is delivered. */
  down(fault: Fault = { status: 503 }): void {
    this.#down = fault;
    this.#onDown();
  }

  up(): void {
    this.#down = undefined;
  }

  get isDown(): boolean {
    return this.#down !== undefined;
  }

  /** Announced: Slack's `disconnect` message first, as on a refresh; else the connection is just cut. */
  disconnectSockets({ announce = true }: { announce?: boolean } = {}): void {
    this.#onDisconnect(announce);
  }

  /** Every delivery arrives that many times at once, as copies of one envelope or under ids of their own. */
  deliverTimes(times: number, { envelopes }: { envelopes?: 'same' | 'different' } = {}): void {
    this.#deliveries.times = times;
    this.#deliveries.envelopes = envelopes ?? 'same';
  }

  get copies(): { readonly times: number; readonly envelopes: 'same' | 'different' } {
    return this.#deliveries;
  }

  /** Everything works again; no fault is left over. */
  clear(): void {
    this.#failing.length = 0;
    this.#down = undefined;
    this.whileDisconnected = 'refuse';
    this.deliverTimes(1);
  }

  /** Takes the fault this call is to suffer, if any. */
  take(method: string): Fault | undefined {
    if (this.#down) return this.#down;
    const index = this.#failing.findIndex((set) => set.method === method || set.method === '*');
    const set = this.#failing[index];
    if (!set) return undefined;
    set.left -= 1;
    if (set.left <= 0) this.#failing.splice(index, 1);
    return set.fault;
  }
}
