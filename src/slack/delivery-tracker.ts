import type { Logger } from 'pino';
import type { OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import type { Draft } from '../release/journal-entry.ts';
import type { OutboxStore, Place } from './outbox-store.ts';

const afterRestart = '(repeated after restart)';
const unanswered = '(repeated: Slack did not answer the first time)';
/** How many messages are taken over from the outbox at once. */
const page = 500;

/**
 * What became of each message. What was told is never told again, also where the outbox cannot be written just then;
 * what may have been told is marked when it is repeated.
 */
export class DeliveryTracker {
  readonly #outbox: OutboxStore;
  readonly #log: Logger;
  readonly #toEnd = new Map<number, () => void>();
  readonly #tried = new Set<number>();
  /** Taken, and nobody knows whether told: the outbox keeps them as under way, so that a kill leaves them in doubt. */
  readonly #unacknowledged = new Set<number>();
  readonly #marks = new Map<number, string>();
  #last = 0;

  constructor(outbox: OutboxStore, log: Logger) {
    this.#outbox = outbox;
    this.#log = log;
  }

  /** What waits behind the last one that has arrived, oldest first; not all of it where it is much. */
  arrivals(): readonly OutboxItem[] {
    this.#endTold();
    return this.#outbox.waiting(this.#last, page);
  }

  arrived({ id }: OutboxItem): void {
    this.#last = id;
  }

  /** The message's words; undefined where no journal row says them. */
  announcement(item: OutboxItem): Announcement | undefined {
    return this.#outbox.announcement(item);
  }

  /** The mark which the next attempt at a post carries, where it may stand in the channel already. */
  markOf({ id, inDoubt }: OutboxItem): string | undefined {
    if (inDoubt && !this.#tried.has(id)) this.#marks.set(id, afterRestart);
    return this.#marks.get(id);
  }

  take(item: OutboxItem, covered: readonly OutboxItem[]): void {
    this.#tried.add(item.id);
    this.#guard('mark', () => this.#outbox.take(item, covered));
  }

  /** It was not told; `unknown`: it may have been. */
  fail(item: OutboxItem, unknown: boolean): void {
    const { id } = item;
    if (unknown) {
      this.#unacknowledged.add(id);
      if (!this.#marks.has(id)) this.#marks.set(id, unanswered);
    }
    if (!this.#unacknowledged.has(id)) this.#guard('put back', () => this.#outbox.putBack(item));
  }

  /** It was told, and needs no telling any more. */
  end(item: OutboxItem, place: Place | null, posted?: Draft): void {
    const { id } = item;
    this.#marks.delete(id);
    this.#tried.delete(id);
    this.#unacknowledged.delete(id);
    this.#toEnd.set(id, () => this.#outbox.sent(item, place, posted));
    this.#endTold();
  }

  #endTold(): void {
    for (const [id, end] of this.#toEnd) {
      if (!this.#guard('end', end)) return;
      this.#toEnd.delete(id);
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
