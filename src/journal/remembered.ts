import BetterSqlite, { type Database } from 'better-sqlite3';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { type DerivedRow, type DerivedTable, DerivedWriter, writeOf } from './derived-tables.ts';
import { migrate } from './migrate.ts';
import { columns, type Row } from './row.ts';

/** What the process knows of its journal without reading it: enough to go back. */
export interface Remembered {
  /** The rows of every open release, and the last row of all; by seq. */
  readonly rows: readonly Row[];
  readonly open: readonly Release[];
  readonly services: readonly ServiceState[];
}

/** Above every id a damaged outbox may have given: what is told from memory is no other's item. */
const firstItem = 1_000_000_000;

/**
 * A database in memory that a journal of this head goes on in, made of what the process remembers: for the day when the
 * file's own pages cannot be read. It has no past but that of the open releases.
 */
export function databaseOf({ rows, open, services }: Remembered): Database {
  const db = new BetterSqlite(':memory:');
  migrate(db);
  const guard = db
    .prepare("SELECT sql FROM sqlite_schema WHERE name = 'journal_chain'")
    .pluck()
    .get();
  // Between the rows of open releases others are missing: the guard comes back behind them.
  db.exec('DROP TRIGGER journal_chain');
  const insert = db.prepare(
    `INSERT INTO journal (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
  );
  for (const row of rows) insert.run(row);
  db.exec(String(guard));
  const writer = new DerivedWriter(db);
  const put = (table: DerivedTable, row: DerivedRow) => writer.write({ kind: 'add', table, row });
  for (const release of open) {
    writer.write(writeOf({ kind: 'release', release }));
    put('lock', [release.service, release.id, release.requestedAt.at]);
  }
  for (const state of services) writer.write(writeOf({ kind: 'service', state }));
  for (const { request, kind, seq } of rows) {
    if (request !== null && kind !== 'refused') put('seen_request', [request, seq]);
  }
  const last = rows.at(-1);
  if (last !== undefined) {
    db.prepare(
      `INSERT INTO outbox (id, seq, at, kind, announcement, state) VALUES (?, ?, ?, 'card', '{}', 'done')`,
    ).run(firstItem, last.seq, last.at);
  }
  return db;
}
