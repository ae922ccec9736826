import BetterSqlite, { type Database } from 'better-sqlite3';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { type DerivedRow, type DerivedTable, DerivedWriter, writeOf } from './derived-tables.ts';
import { migrate } from './migrate.ts';
import { query } from './query.ts';
import { columns, type Row } from './row.ts';

/** What the process knows of its journal without reading it: enough to go back. */
export interface Remembered {
  /** The rows of every open release, and the last row of all; by seq. */
  readonly rows: readonly Row[];
  readonly open: readonly Release[];
  readonly services: readonly ServiceState[];
}

const chainGuard = query("SELECT sql FROM sqlite_schema WHERE name = 'journal_chain'");
const insertRow = query(
  `INSERT INTO journal (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
);

/**
 * A database in memory that a journal of this head goes on in, made of what the process remembers: for the time in
 * which the file takes no rows. It has no past but that of the open releases, and costs the same with any journal.
 */
export function databaseOf({ rows, open, services }: Remembered): Database {
  const db = new BetterSqlite(':memory:');
  migrate(db);
  const guard = chainGuard.on(db).pluck().get();
  // Between the rows of open releases others are missing: the guard comes back behind them.
  db.exec('DROP TRIGGER journal_chain');
  const insert = insertRow.on(db);
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
  return db;
}
