import { awakeClock } from './awake-clock.ts';

/** Longer ones are armed again: a timer of Node holds no more than 2^31-1 milliseconds. */
const longestTimerMs = 2_147_483_647;

/**
 * A deadline for something outside this process to answer. After a stall of the event loop Node runs timers before it
 * looks at sockets, so a timer alone takes an answer that came long ago for silence. This one counts only the time in
 * which an answer could have been seen, and lets one poll phase pass before it is believed.
 */
export class Deadline {
  readonly #startedAt: number;
  #endsAt: number;
  readonly #onExpired: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isExpired = false;

  /** @param onExpired Called once, unless it was cancelled before. */
  constructor(ms: number, onExpired: () => void = () => {}) {
    this.#onExpired = onExpired;
    this.#isExpired = ms <= 0;
    awakeClock.hold();
    this.#startedAt = awakeClock.now();
    this.#endsAt = this.#startedAt + ms;
    this.#arm(ms);
  }

  get expired(): boolean {
    return this.#isExpired;
  }

  /** How long it is, from its beginning to its end as it stands now, whole milliseconds. */
  get lengthMs(): number {
    return Math.round(this.#endsAt - this.#startedAt);
  }

  /** A part of the answer came: waits `ms` longer from now on, but not beyond `limitMs` from the beginning. */
  prolong(ms: number, limitMs: number): void {
    const until = Math.min(awakeClock.now() + ms, this.#startedAt + limitMs);
    this.#endsAt = Math.max(this.#endsAt, until);
  }

  /** The answer is there, or nobody waits for it any more. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    awakeClock.release();
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, longestTimerMs));
  }

  #look(): void {
    const missingMs = this.#endsAt - awakeClock.now();
    if (missingMs > 0) this.#arm(Math.ceil(missingMs));
    else setImmediate(() => this.#expire());
  }

  #expire(): void {
    if (this.#isOver) return;
    this.cancel();
    this.#isExpired = true;
    this.#onExpired();
  }
}

/** Runs `work` with a deadline that it may look at, and ends the deadline with it. */
export async function withDeadline<T>(
  ms: number,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(ms);
  try {
    return await work(deadline);
  } finally {
    deadline.cancel();
  }
}
