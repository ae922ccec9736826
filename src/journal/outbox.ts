import type { Database, Statement } from 'better-sqlite3';
import type { OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import type { Entry } from '../release/journal-entry.ts';

/** Where a message stands in Slack. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

interface OutboxRow {
  readonly id: number;
  readonly seq: number;
  readonly at: string;
  readonly announcement: string;
  readonly in_doubt: number;
}

/** Table `outbox`: what waits to be told, in order. The caller holds the transaction where one is needed. */
export class Outbox {
  readonly #db: Database;
  readonly #add: Statement;
  readonly #waiting: Statement;
  readonly #end: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#add = db.prepare(
      'INSERT INTO outbox (seq, at, kind, release, announcement) VALUES (?, ?, ?, ?, ?)',
    );
    this.#waiting = db.prepare(
      "SELECT id, seq, at, announcement, in_doubt FROM outbox WHERE state = 'pending' ORDER BY id",
    );
    this.#end = db.prepare(
      "UPDATE outbox SET state = 'done', channel = ?, message = ? WHERE id = ?",
    );
  }

  add({ seq, instant }: Entry, announcements: readonly Announcement[]): void {
    for (const announcement of announcements) {
      const release = announcement.kind === 'channel' ? null : announcement.release;
      this.#add.run(seq, instant.at, announcement.kind, release, JSON.stringify(announcement));
    }
  }

  /**
   * Oldest first. Of a release's waiting cards only one is told: in the place of the oldest, because what stands in its
   * thread comes after it, and with the newest row, because a card shows the newest state.
   */
  pending(): readonly OutboxItem[] {
    const items = (this.#waiting.all() as OutboxRow[]).map(itemOf);
    const cards = new Map<string, OutboxItem[]>();
    for (const item of items) {
      if (item.announcement.kind !== 'card') continue;
      const { release } = item.announcement;
      cards.set(release, [...(cards.get(release) ?? []), item]);
    }
    return items.flatMap((item) => {
      if (item.announcement.kind !== 'card') return [item];
      const same = cards.get(item.announcement.release) ?? [];
      return same[0] === item ? [together(same)] : [];
    });
  }

  /** Marks an item as under way. A card takes the newer waiting cards of its release with it. */
  take(id: number): void {
    const item = this.pending().find((waiting) => waiting.id === id);
    if (item === undefined) throw new Error(`The outbox has no waiting item ${id}.`);
    const { announcement, seq, at, inDoubt } = item;
    this.#db
      .prepare(
        "UPDATE outbox SET state = 'sending', seq = ?, at = ?, in_doubt = ?, attempts = attempts + 1 WHERE id = ?",
      )
      .run(seq, at, inDoubt ? 1 : 0, id);
    if (announcement.kind !== 'card') return;
    this.#db
      .prepare(
        "UPDATE outbox SET state = 'superseded' WHERE state = 'pending' AND kind = 'card' AND release = ? AND id > ?",
      )
      .run(announcement.release, id);
  }

  /** Ends an item; `place` is where it stands now, null where it needs none any more. */
  end(id: number, place: Place | null): void {
    this.#end.run(place?.channel ?? null, place?.ts ?? null, id);
  }

  /** Back to waiting: it was certainly not told. It is in doubt no more than it was before. */
  putBack(id: number): void {
    this.#db
      .prepare("UPDATE outbox SET state = 'pending' WHERE id = ? AND state = 'sending'")
      .run(id);
  }

  /** Nobody knows what was told of what waits: the program died with that knowledge. */
  doubtWaiting(): void {
    this.#db.exec("UPDATE outbox SET in_doubt = 1 WHERE state = 'pending'");
  }

  /** Takes over what became of the items in another outbox with the same rows. Inside a transaction. */
  adopt(other: Outbox): void {
    const write = this.#db.prepare(
      `UPDATE outbox SET seq = @seq, at = @at, state = @state, attempts = @attempts, in_doubt = @in_doubt,
       channel = @channel, message = @message WHERE id = @id`,
    );
    const open = "SELECT min(id) FROM outbox WHERE state IN ('pending', 'sending')";
    const first = this.#db.prepare(open).pluck().get();
    for (const row of other.#db.prepare('SELECT * FROM outbox WHERE id >= ?').all(first)) {
      write.run(row);
    }
  }

  /** After a start: what was under way may stand in the channel already. */
  doubtInterrupted(): void {
    this.#db.exec("UPDATE outbox SET state = 'pending', in_doubt = 1 WHERE state = 'sending'");
  }
}

/** Waiting cards of one release, oldest first, as the one item that tells them all. */
function together(cards: readonly OutboxItem[]): OutboxItem {
  const [oldest] = cards;
  const newest = cards.at(-1);
  if (oldest === undefined || newest === undefined) throw new Error('There is no card.');
  return { ...newest, id: oldest.id, inDoubt: cards.some(({ inDoubt }) => inDoubt) };
}

function itemOf(row: OutboxRow): OutboxItem {
  return {
    id: row.id,
    announcement: JSON.parse(row.announcement) as Announcement,
    seq: row.seq,
    at: row.at,
    inDoubt: row.in_doubt === 1,
  };
}
