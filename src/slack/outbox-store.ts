import type { OutboxItem } from '../engine/ports.ts';
import type { Draft } from '../release/journal-entry.ts';

/** Where a message stands in Slack. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** What waits to be told. Synchronous; kept by the journal, so that it survives a restart. */
export interface OutboxStore {
  /** Everything not yet told, oldest first. */
  pending(): readonly OutboxItem[];
  /** Marks an item as under way: after a kill it is in doubt. */
  take(id: number): void;
  /** Ends an item; `posted` is a row to be written with it, in one transaction. */
  sent(id: number, place: Place | null, posted?: Draft): void;
  /** Takes the mark back: it was certainly not told. */
  putBack(id: number): void;
}
