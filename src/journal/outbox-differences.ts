import type { Database, Statement } from 'better-sqlite3';
import type { MessageKind } from '../engine/ports.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ReleaseId } from '../release/vocabulary.ts';
import type { Announce } from './message-words.ts';
import { kindOfMessage, messageId } from './outbox.ts';
import { query } from './query.ts';

/** A message that the outbox lacks, or holds without a row that says it. */
export interface MessageDifference {
  readonly table: 'outbox';
  readonly key: string;
  readonly kind: 'missing' | 'extra' | 'different';
  readonly id: number;
  /** What the row says; absent where it says no such message. */
  readonly expected?: MessageKind;
}

const remove = query('DELETE FROM outbox WHERE id = ?');
const put = query(
  `INSERT INTO outbox (id, kind, in_doubt) VALUES (?, ?, 1)
   ON CONFLICT (id) DO UPDATE SET kind = excluded.kind`,
);
const ofRow = query('SELECT id, kind FROM outbox WHERE id >= ? AND id < ? ORDER BY id');
const beyond = query('SELECT id FROM outbox WHERE id >= ? ORDER BY id LIMIT 100');
/** More of them than this are not named. */
const most = 1_000;

/**
 * Compares the outbox with what the rows announce, row by row. Rows that another version of the program wrote are left
 * out: it may have announced them otherwise. That a message was told stands nowhere but in the outbox.
 */
export class OutboxDifferences {
  readonly #announce: Announce | undefined;
  readonly #program: string | undefined;
  readonly #ofRow: Statement;
  readonly #beyond: Statement;
  readonly #found: MessageDifference[] = [];
  #isOwn: boolean;
  #last: number;

  /** `after`: the row before the first that is taken; `isOwn`: this version of the program wrote on after it. */
  constructor(
    db: Database,
    rules: { readonly program: string; readonly announce: Announce } | undefined,
    { after, isOwn } = { after: 0, isOwn: false },
  ) {
    this.#isOwn = isOwn;
    this.#last = after;
    this.#announce = rules?.announce;
    this.#program = rules?.program;
    this.#ofRow = ofRow.on(db);
    this.#beyond = beyond.on(db).pluck();
  }

  /** One row, and the releases as they stand after it. */
  take(entry: Entry, releaseOf: (id: ReleaseId) => Release | undefined): void {
    this.#last = entry.seq;
    if (entry.what.kind === 'started') this.#isOwn = entry.what.program === this.#program;
    if (!this.#isOwn || this.#announce === undefined) return;
    const release = entry.release === undefined ? undefined : releaseOf(entry.release);
    const expected = new Map(
      this.#announce(entry, release).map((one, place) => [
        messageId(entry.seq, place),
        kindOfMessage(one),
      ]),
    );
    const first = messageId(entry.seq, 0);
    const rows = this.#ofRow.all(first, messageId(entry.seq + 1, 0)) as {
      readonly id: number;
      readonly kind: string;
    }[];
    for (const { id, kind } of rows) {
      const wanted = expected.get(id);
      expected.delete(id);
      if (wanted === undefined) this.#note(entry, id, 'extra');
      else if (wanted !== kind) this.#note(entry, id, 'different', wanted);
    }
    for (const [id, kind] of expected) this.#note(entry, id, 'missing', kind);
  }

  /** What differs, once all rows were taken. */
  finish(): readonly MessageDifference[] {
    if (this.#announce === undefined) return [];
    const beyondLast = this.#beyond.all(messageId(this.#last + 1, 0)) as number[];
    const strays = beyondLast.map((id) => ({
      table: 'outbox' as const,
      key: `message ${id}`,
      kind: 'extra' as const,
      id,
    }));
    return [...this.#found, ...strays];
  }

  #note({ seq }: Entry, id: number, kind: MessageDifference['kind'], expected?: MessageKind): void {
    const key = `message ${id - messageId(seq, 0) + 1} of row ${seq}`;
    if (this.#found.length >= most) return;
    const wanted = expected === undefined ? {} : { expected };
    this.#found.push({ table: 'outbox', key, kind, id, ...wanted });
  }
}

/** Puts one message right: one that was taken away waits again, in doubt; one that no row says goes. */
export function correctMessage(db: Database, { id, expected }: MessageDifference): void {
  if (expected === undefined) remove.on(db).run(id);
  else put.on(db).run(id, expected);
}
