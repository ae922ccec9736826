import type { Entry } from '../release/journal-entry.ts';

export type Listener = (entries: readonly Entry[]) => void;

/** The one stream of events: what was committed, in order, to everybody who listens. */
export class Listeners {
  readonly #listeners = new Set<Listener>();
  readonly #waiting: (readonly Entry[])[] = [];
  #telling = false;

  /** Returns what ends the subscription. */
  add(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells everybody; rows that a listener appends meanwhile are told after these. */
  tell(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.#waiting.push(entries);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      for (const listener of [...this.#listeners]) tellOne(listener, next);
    }
    this.#telling = false;
  }
}

/** What was committed stays committed: a listener's malfunction must not look like a failed append. */
function tellOne(listener: Listener, entries: readonly Entry[]): void {
  try {
    listener(entries);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
