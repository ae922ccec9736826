import type { OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import type { Draft } from '../release/journal-entry.ts';

/** Where a message stands in Slack. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** What waits to be told. Synchronous; kept by the journal, so that it survives a restart. */
export interface OutboxStore {
  /** What waits after message `after` (0: from the first on), oldest first, at most `limit`. */
  waiting(after: number, limit: number): readonly OutboxItem[];
  /** What the journal's row says to people; undefined where it says nothing of the kind: then nothing is told. */
  announcement(item: OutboxItem): Announcement | undefined;
  /** The notices with buttons that stand in a channel, of the newest rows, oldest first. */
  questions(): readonly { readonly item: OutboxItem; readonly place: Place }[];
  /** Marks a message as under way: after a kill it is in doubt. `covered`: cards that are told with it. */
  take(item: OutboxItem, covered: readonly OutboxItem[]): void;
  /** Ends a message; `posted` is a row to be written with it, in one transaction. */
  sent(item: OutboxItem, place: Place | null, posted?: Draft): void;
  /** Takes the mark back: it was certainly not told. */
  putBack(item: OutboxItem): void;
}
