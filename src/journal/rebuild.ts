import type { Database } from 'better-sqlite3';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { unreachable } from '../release/vocabulary.ts';
import { type Change, changesOf } from './derive.ts';
import {
  type DerivedRow,
  type DerivedTable,
  DerivedWriter,
  derivedNames,
  derivedTables,
  type Write,
  writeOf,
} from './derived-tables.ts';

/** A derived table that does not hold what the journal says. */
export interface Difference {
  readonly table: DerivedTable;
  readonly key: string;
  readonly kind: 'missing' | 'extra' | 'different';
}

/** The derived tables as they must be, folded row by row from the journal. */
export class Rebuilt {
  readonly #tables = new Map<DerivedTable, Map<string, DerivedRow>>(
    derivedNames.map((name) => [name, new Map()]),
  );
  readonly #releases = new Map<string, Release>();
  readonly #services = new Map<string, ServiceState>();
  /** Releases whose row is to be written once at the end, not once per journal row. */
  readonly #changed = new Set<string>();

  add(entry: Entry): void {
    const before = {
      release: (id: string) => this.#releases.get(id),
      service: (name: string) => this.#services.get(name),
    };
    for (const change of changesOf(entry, before)) this.#take(change);
  }

  /** Where the database differs. */
  differences(db: Database): readonly Difference[] {
    this.#settle();
    return derivedNames.flatMap((table) => this.#differencesOf(db, table));
  }

  /** Writes the tables anew; the caller holds the transaction. */
  writeAll(db: Database): void {
    this.#settle();
    const writer = new DerivedWriter(db);
    for (const table of derivedNames) {
      db.exec(`DELETE FROM ${table}`);
      for (const row of this.#rows(table).values()) writer.write({ kind: 'put', table, row });
    }
  }

  #take(change: Change): void {
    if (change.kind === 'release') {
      this.#releases.set(change.release.id, change.release);
      this.#changed.add(change.release.id);
      return;
    }
    if (change.kind === 'service') this.#services.set(change.state.service, change.state);
    this.#carryOut(writeOf(change));
  }

  #settle(): void {
    for (const id of this.#changed) {
      const release = this.#releases.get(id);
      if (release !== undefined) this.#carryOut(writeOf({ kind: 'release', release }));
    }
    this.#changed.clear();
  }

  #carryOut(write: Write): void {
    const rows = this.#rows(write.table);
    switch (write.kind) {
      case 'put':
        rows.set(String(write.row[0]), write.row);
        return;
      case 'add':
        if (!rows.has(String(write.row[0]))) rows.set(String(write.row[0]), write.row);
        return;
      case 'remove':
        if (rows.get(write.service)?.[1] === write.release) rows.delete(write.service);
        return;
      default:
        unreachable(write);
    }
  }

  #rows(table: DerivedTable): Map<string, DerivedRow> {
    const rows = this.#tables.get(table);
    if (rows === undefined) throw new Error(`There is no derived table ${table}.`);
    return rows;
  }

  #differencesOf(db: Database, table: DerivedTable): readonly Difference[] {
    const expected = this.#rows(table);
    const found = stored(db, table);
    const wrong = [...expected].flatMap(([key, row]): Difference[] => {
      const other = found.get(key);
      if (other === undefined) return [{ table, key, kind: 'missing' }];
      return sameRow(row, other) ? [] : [{ table, key, kind: 'different' }];
    });
    const extra = [...found.keys()]
      .filter((key) => !expected.has(key))
      .map((key): Difference => ({ table, key, kind: 'extra' }));
    return [...wrong, ...extra];
  }
}

function stored(db: Database, table: DerivedTable): ReadonlyMap<string, DerivedRow> {
  const rows = db
    .prepare(`SELECT ${derivedTables[table].join(', ')} FROM ${table}`)
    .raw()
    .all() as DerivedRow[];
  return new Map(rows.map((row) => [String(row[0]), row]));
}

function sameRow(a: DerivedRow, b: DerivedRow): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
