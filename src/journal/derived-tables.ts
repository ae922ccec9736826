import type { Database, Statement } from 'better-sqlite3';
import { isEnd } from '../release/states.ts';
import { unreachable } from '../release/vocabulary.ts';
import type { Change } from './derive.ts';
import { type Query, query } from './query.ts';

/** The tables that are rebuilt from the journal; the first column is the key. The outbox is not: it also knows what was told. */
export const derivedTables = {
  release: ['id', 'service', 'state', 'open', 'data'],
  service: ['name', 'data'],
  lock: ['service', 'release', 'at'],
  seen_request: ['request', 'seq'],
  place: ['seq', 'release', 'channel', 'message'],
  anchor: ['row', 'seq', 'hash'],
  live: ['seq', 'service', 'since', 'data'],
} as const;
export type DerivedTable = keyof typeof derivedTables;
export const derivedNames = Object.keys(derivedTables) as readonly DerivedTable[];

/** One row, in the order of its table's columns. */
export type DerivedRow = readonly (string | number | null)[];

/** What one change does to one table. */
export type Write =
  | { readonly kind: 'put'; readonly table: DerivedTable; readonly row: DerivedRow }
  /** Leaves what is there: the first one counts. */
  | { readonly kind: 'add'; readonly table: DerivedTable; readonly row: DerivedRow }
  | {
      readonly kind: 'remove';
      readonly table: 'lock';
      readonly service: string;
      readonly release: string;
    };

export function writeOf(change: Change): Write {
  switch (change.kind) {
    case 'release': {
      const { id, service, state } = change.release;
      const row = [id, service, state, isEnd(state) ? 0 : 1, JSON.stringify(change.release)];
      return { kind: 'put', table: 'release', row };
    }
    case 'service':
      return {
        kind: 'put',
        table: 'service',
        row: [change.state.service, JSON.stringify(change.state)],
      };
    case 'live': {
      const { seq, since, live, versions } = change.side;
      const row = [seq, change.service, since, JSON.stringify({ live, versions })];
      return { kind: 'put', table: 'live', row };
    }
    case 'lock':
      return { kind: 'add', table: 'lock', row: [change.service, change.release, change.at] };
    case 'unlock':
      return {
        kind: 'remove',
        table: 'lock',
        service: change.service,
        release: change.release,
      };
    case 'seen':
      return { kind: 'add', table: 'seen_request', row: [change.request, change.seq] };
    case 'place':
      return {
        kind: 'put',
        table: 'place',
        row: [change.seq, change.release, change.channel, change.message],
      };
    case 'anchor':
      return { kind: 'put', table: 'anchor', row: [change.row, change.seq, change.hash] };
    default:
      return unreachable(change);
  }
}

const puts = statements('INSERT OR REPLACE');
const adds = statements('INSERT OR IGNORE');
const unlock = query('DELETE FROM lock WHERE service = ? AND release = ?');

const deletes = perTable((table) =>
  query(`DELETE FROM ${table} WHERE ${derivedTables[table][0]} = ?`),
);

/** Puts one row of a table right: as it must be, or away. */
export function correctRow(
  db: Database,
  { table, key, expected }: { table: DerivedTable; key: string; expected?: DerivedRow },
): void {
  if (expected === undefined) deletes[table].on(db).run(key);
  else puts[table].on(db).run(...expected);
}

/** Carries changes out in the database; the caller holds the transaction. */
export class DerivedWriter {
  readonly #put: Readonly<Record<DerivedTable, Statement>>;
  readonly #add: Readonly<Record<DerivedTable, Statement>>;
  readonly #unlock: Statement;

  constructor(db: Database) {
    this.#put = perTable((table) => puts[table].on(db));
    this.#add = perTable((table) => adds[table].on(db));
    this.#unlock = unlock.on(db);
  }

  write(write: Write): void {
    switch (write.kind) {
      case 'put':
        this.#put[write.table].run(...write.row);
        return;
      case 'add':
        this.#add[write.table].run(...write.row);
        return;
      case 'remove':
        this.#unlock.run(write.service, write.release);
        return;
      default:
        unreachable(write);
    }
  }
}

function statements(verb: string): Readonly<Record<DerivedTable, Query>> {
  return perTable((table) => {
    const columns = derivedTables[table];
    const marks = columns.map(() => '?').join(', ');
    return query(`${verb} INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  });
}

/** A value for each table. */
export function perTable<T>(make: (table: DerivedTable) => T): Readonly<Record<DerivedTable, T>> {
  return Object.fromEntries(derivedNames.map((table) => [table, make(table)])) as Record<
    DerivedTable,
    T
  >;
}
