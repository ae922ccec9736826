/** How often the event loop is looked at while somebody needs to know, milliseconds. */
const tickMs = 50;

/**
 * Monotonic milliseconds in which this process could have seen an answer. While the event loop is held (a commit on a
 * disk that stalls, a stopped process, a starved machine) nothing that arrives is seen: of such a stall only one tick
 * counts. It runs while somebody holds it and stands still in between.
 */
class AwakeClock {
  #awake = 0;
  #last = 0;
  #holders = 0;
  #ticker: NodeJS.Timeout | undefined;

  /** Begins to measure stalls; every call needs its `release`. */
  hold(): void {
    this.#holders += 1;
    if (this.#ticker !== undefined) return;
    this.#last = performance.now();
    this.#ticker = setInterval(() => this.now(), tickMs).unref();
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }

  /** Reads the clock. A gap between two looks that is longer than a tick and its slack is a stall. */
  now(): number {
    const now = performance.now();
    this.#awake += Math.min(now - this.#last, 2 * tickMs);
    this.#last = now;
    return this.#awake;
  }
}

/** One event loop, one clock. */
export const awakeClock = new AwakeClock();
