import { resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Clock } from '../engine/ports.ts';
import { holdDatabase } from './hold-database.ts';
import { type Announce, Ledger } from './ledger.ts';
import type { Migration } from './migrate.ts';
import { checkPlace, openDatabase } from './open-database.ts';
import { type Difference, Rebuilt } from './rebuild.ts';
import { entryOf, type Row } from './row.ts';
import { type Failpoint, Store } from './store.ts';

export interface StoreOptions {
  readonly path: string;
  readonly clock: Clock;
  /** SHA-256 of the configuration; stands in every row. */
  readonly configDigest: string;
  readonly announce: Announce;
  readonly failpoint?: Failpoint;
  /** Those this program ships. */
  readonly migrations?: readonly Migration[];
}

/**
 * Takes the database for this process and opens it; creates it where there is none.
 * Throws DatabaseHeld where another process has it, DatabaseRefused where the file cannot be used.
 */
export function openStore(options: StoreOptions): Store {
  const { clock, configDigest, announce, failpoint = () => {}, migrations } = options;
  const path = resolve(options.path);
  checkPlace(path);
  const hold = holdDatabase(path, clock.now().at);
  try {
    const { db, migrated } = openDatabase(path, migrations);
    try {
      const notes = [...(migrated === undefined ? [] : [migrated]), ...rebuildDerived(db)];
      const ledger = new Ledger(db, announce);
      ledger.outbox.doubtInterrupted();
      return new Store({ ledger, hold, clock, configDigest, failpoint, notes });
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    hold.release();
    throw error;
  }
}

/** The journal is what holds; tables that say otherwise (an older program's fold, somebody's hand) are written anew. */
function rebuildDerived(db: Database): readonly string[] {
  const rebuilt = new Rebuilt();
  for (const row of db.prepare('SELECT * FROM journal ORDER BY seq').iterate()) {
    rebuilt.add(entryOf(row as Row));
  }
  const differences = rebuilt.differences(db);
  if (differences.length === 0) return [];
  db.transaction(() => rebuilt.writeAll(db)).immediate();
  return [
    `${differences.length} rows derived from the journal were not as it says and were written anew: ${differences.slice(0, 10).map(differenceWords).join(', ')}.`,
  ];
}

/** `release checkout-42 different`. */
export function differenceWords({ table, key, kind }: Difference): string {
  return `${table} ${key} ${kind}`;
}
