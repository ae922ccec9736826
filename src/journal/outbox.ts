import type { Database, Statement } from 'better-sqlite3';
import type { MessageKind, OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import { query } from './query.ts';

/** Where a message stands in Slack. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** How many messages one row can have; `id` = seq * places + the message's place among them. */
const places = 8;

/** Identity of a message: the same wherever its row is written, in the database, its mirror or a copy. */
export function messageId(seq: number, place: number): number {
  if (place >= places) throw new Error(`Row ${seq} announces more than ${places} messages.`);
  return seq * places + place;
}

export function placeOfMessage(id: number): number {
  return id % places;
}

export function kindOfMessage(announcement: Announcement): MessageKind {
  if (announcement.kind !== 'channel') return announcement.kind;
  const { reapply, again, offers = [] } = announcement;
  const asks = reapply !== undefined || again !== undefined || offers.length > 0;
  return asks ? 'question' : 'notice';
}

interface Waiting {
  readonly id: number;
  readonly kind: MessageKind;
  readonly in_doubt: number;
  readonly seq: number;
  readonly at: string;
  readonly release: string | null;
  readonly service: string | null;
}

/** A row of the table as it stands. */
export interface OutboxRow {
  readonly id: number;
  readonly kind: string;
  readonly state: string;
  readonly attempts: number;
  readonly in_doubt: number;
  readonly channel: string | null;
  readonly message: string | null;
}

const known = query('SELECT 1 FROM outbox WHERE id = ?');
// What stands there already is of a row that was cut off: it must not keep the next one from being written.
const add = query('INSERT OR REPLACE INTO outbox (id, kind) VALUES (?, ?)');
// Both conditions: SQLite uses a partial index only where its own condition stands in the query.
const waiting = query(
  `SELECT o.id, o.kind, o.in_doubt, j.seq, j.at, j.release, j.service
   FROM outbox o INDEXED BY outbox_waiting CROSS JOIN journal j ON j.seq = o.id / ${places}
   WHERE o.state IN ('pending', 'sending') AND o.state = 'pending' AND o.id > ? ORDER BY o.id LIMIT ?`,
);
const questions = query(
  `SELECT o.id, o.kind, o.in_doubt, o.channel, o.message, j.seq, j.at, j.release, j.service
   FROM outbox o CROSS JOIN journal j ON j.seq = o.id / ${places}
   WHERE o.id > ? AND o.kind = 'question' AND o.state = 'done' AND o.message IS NOT NULL ORDER BY o.id`,
);
const take = query(
  `INSERT INTO outbox (id, kind, state, attempts, in_doubt) VALUES (@id, @kind, 'sending', 1, @inDoubt)
   ON CONFLICT (id) DO UPDATE SET state = 'sending', in_doubt = @inDoubt, attempts = attempts + 1`,
);
const cover = query(
  `INSERT INTO outbox (id, kind, state) VALUES (@id, @kind, 'superseded')
   ON CONFLICT (id) DO UPDATE SET state = 'superseded'`,
);
const end = query(
  `INSERT INTO outbox (id, kind, state, channel, message) VALUES (@id, @kind, 'done', @channel, @ts)
   ON CONFLICT (id) DO UPDATE SET state = 'done', channel = @channel, message = @ts`,
);
const putBack = query("UPDATE outbox SET state = 'pending' WHERE id = ? AND state = 'sending'");
const interrupted = query(
  `UPDATE outbox INDEXED BY outbox_waiting SET state = 'pending', in_doubt = 1
   WHERE state IN ('pending', 'sending') AND state = 'sending'`,
);
const doubt = query("UPDATE outbox SET in_doubt = 1 WHERE id = ? AND state = 'pending'");
const all = query('SELECT * FROM outbox WHERE id > 0 ORDER BY id');
const adopt = query(
  `INSERT INTO outbox (id, kind, state, attempts, in_doubt, channel, message)
   VALUES (@id, @kind, @state, @attempts, @in_doubt, @channel, @message)
   ON CONFLICT (id) DO UPDATE SET state = @state, attempts = attempts + @attempts, in_doubt = @in_doubt,
     channel = @channel, message = @message`,
);

/**
 * Table `outbox`: which messages wait to be told, and what became of the others. The words are not in it: they are
 * made of the journal's row. The caller holds the transaction where one is needed.
 */
export class Outbox {
  readonly #db: Database;
  readonly #add: Statement;
  readonly #waiting: Statement;
  readonly #take: Statement;
  readonly #cover: Statement;
  readonly #end: Statement;
  readonly #putBack: Statement;
  readonly #doubt: Statement;
  #doubtUpTo = 0;

  constructor(db: Database) {
    this.#db = db;
    this.#add = add.on(db);
    this.#waiting = waiting.on(db);
    this.#take = take.on(db);
    this.#cover = cover.on(db);
    this.#end = end.on(db);
    this.#putBack = putBack.on(db);
    this.#doubt = doubt.on(db);
  }

  add(seq: number, announcements: readonly Announcement[]): void {
    for (const [place, announcement] of announcements.entries()) {
      this.#add.run(messageId(seq, place), kindOfMessage(announcement));
    }
  }

  /** What waits after message `after`, oldest first, at most `limit`. */
  waiting(after: number, limit: number): readonly OutboxItem[] {
    const items = (this.#waiting.all(after, limit) as Waiting[]).map(itemOf);
    const doubtful = items.filter(({ id, inDoubt }) => !inDoubt && id <= this.#doubtUpTo);
    if (doubtful.length === 0) return items;
    this.#noteDoubt(doubtful);
    return items.map((item) => (item.id <= this.#doubtUpTo ? { ...item, inDoubt: true } : item));
  }

  /** The questions that stand in a channel, of the rows after `seq`, oldest first. */
  questions(seq: number): readonly { readonly item: OutboxItem; readonly place: Place }[] {
    const rows = questions.on(this.#db).all(messageId(Math.max(1, seq), places - 1)) as (Waiting & {
      readonly channel: string;
      readonly message: string;
    })[];
    return rows.map((row) => ({
      item: itemOf(row),
      place: { channel: row.channel, ts: row.message },
    }));
  }

  /** True where something is noted of the message here. */
  knows({ id }: OutboxItem): boolean {
    return known.on(this.#db).get(id) !== undefined;
  }

  /** Marks a message as under way; `covered` are told with it: older states of the same card. */
  take({ id, kind, inDoubt }: OutboxItem, covered: readonly OutboxItem[]): void {
    this.#take.run({ id, kind, inDoubt: inDoubt ? 1 : 0 });
    for (const other of covered) this.#cover.run({ id: other.id, kind: other.kind });
  }

  /** Ends a message; `place` is where it stands now, null where it needs none any more. */
  end({ id, kind }: OutboxItem, place: Place | null): void {
    this.#end.run({ id, kind, channel: place?.channel ?? null, ts: place?.ts ?? null });
  }

  /** Back to waiting: it was certainly not told. It is in doubt no more than it was before. */
  putBack(id: number): void {
    this.#putBack.run(id);
  }

  /** After a crash any waiting message up to row `seq` may already have been posted, so all are marked in doubt. */
  doubtWaiting(seq: number): void {
    this.#doubtUpTo = messageId(seq, places - 1);
  }

  /** Page by page, as they are listed: they may be many. */
  #noteDoubt(items: readonly OutboxItem[]): void {
    try {
      this.#db.transaction(() => {
        for (const { id } of items) this.#doubt.run(id);
      })();
    } catch {
      // The database takes no rows just now. They are in doubt all the same until this process ends.
    }
  }

  /** Takes over what became of the messages in another outbox. Inside a transaction. */
  adopt(other: Outbox): void {
    const write = adopt.on(this.#db);
    for (const row of all.on(other.#db).all() as OutboxRow[]) write.run(row);
  }

  /** After a start: what was under way may stand in the channel already. */
  doubtInterrupted(): void {
    interrupted.on(this.#db).run();
  }
}

function itemOf({ id, kind, in_doubt, seq, at, release, service }: Waiting): OutboxItem {
  return {
    id,
    kind,
    seq,
    at,
    ...(release === null ? {} : { release }),
    ...(service === null ? {} : { service }),
    inDoubt: in_doubt === 1,
  };
}
