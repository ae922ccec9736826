import type { Logger } from 'pino';
import type { OutboxItem } from '../engine/ports.ts';
import type { Draft } from '../release/journal-entry.ts';
import type { OutboxStore, Place } from './outbox-store.ts';

const afterRestart = '(repeated after restart)';
const unanswered = '(repeated: Slack did not answer the first time)';

/**
 * The outbox as the poster works on it. What was told is never told again, also where the outbox cannot be written
 * just then; what may have been told is marked when it is repeated.
 */
export class Ledger {
  readonly #outbox: OutboxStore;
  readonly #log: Logger;
  readonly #toEnd = new Map<number, () => void>();
  readonly #tried = new Set<number>();
  /** Taken, and nobody knows whether told: the outbox keeps them as under way, so that a kill leaves them in doubt. */
  readonly #held = new Map<number, OutboxItem>();
  readonly #marks = new Map<number, string>();

  constructor(outbox: OutboxStore, log: Logger) {
    this.#outbox = outbox;
    this.#log = log;
  }

  /** What waits to be told, oldest first. */
  pending(): readonly OutboxItem[] {
    this.#endTold();
    const items = new Map(this.#outbox.pending().map((item) => [item.id, item]));
    for (const [id, item] of this.#held) items.set(id, item);
    for (const id of this.#toEnd.keys()) items.delete(id);
    return [...items.values()].sort((a, b) => a.id - b.id);
  }

  /** The mark which the next attempt at a post carries, where it may stand in the channel already. */
  markOf({ id, inDoubt }: OutboxItem): string | undefined {
    if (inDoubt && !this.#tried.has(id)) this.#marks.set(id, afterRestart);
    return this.#marks.get(id);
  }

  take({ id }: OutboxItem): void {
    this.#tried.add(id);
    if (!this.#held.has(id)) this.#guard('mark', () => this.#outbox.take(id));
  }

  /** It was not told; `unknown`: it may have been. */
  fail(item: OutboxItem, unknown: boolean): void {
    const { id } = item;
    if (unknown) {
      this.#held.set(id, item);
      if (!this.#marks.has(id)) this.#marks.set(id, unanswered);
    }
    if (!this.#held.has(id)) this.#guard('put back', () => this.#outbox.putBack(id));
  }

  /** It was told. */
  end({ id }: OutboxItem, place: Place | null, posted?: Draft): void {
    this.#marks.delete(id);
    this.#tried.delete(id);
    this.#held.delete(id);
    this.#toEnd.set(id, () => this.#outbox.sent(id, place, posted));
    this.#endTold();
  }

  #endTold(): void {
    for (const [id, end] of this.#toEnd) {
      if (this.#guard('end', end)) this.#toEnd.delete(id);
    }
  }

  /** People are told even while the outbox cannot be written. */
  #guard(what: string, act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      this.#log.error({ err: error }, `the outbox cannot ${what} an item`);
      return false;
    }
  }
}
