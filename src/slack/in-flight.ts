/** Work that was begun for somebody and is not done: Bolt's own stop does not wait for it. */
export class InFlight {
  readonly #works = new Set<Promise<unknown>>();

  /** Remembers the work until it has ended, well or not. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work);
    const forget = () => this.#works.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when nothing is under way any more, work begun meanwhile included. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
  }
}
