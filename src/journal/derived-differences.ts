import type { Database, Statement } from 'better-sqlite3';
import { unreachable } from '../release/vocabulary.ts';
import type { Change } from './derive.ts';
import {
  type DerivedRow,
  type DerivedTable,
  derivedNames,
  derivedTables,
  perTable,
  type Write,
  writeOf,
} from './derived-tables.ts';
import { query } from './query.ts';

/** A row of a derived table that is not what the journal says. */
export interface Difference {
  readonly table: DerivedTable;
  readonly key: string;
  readonly kind: 'missing' | 'extra' | 'different';
  /** The row as it must be; absent where there must be none. */
  readonly expected?: DerivedRow;
}

/** More of them than this are not named. */
const most = 1_000;

const byKey = perTable((table) => {
  const columns = derivedTables[table];
  return query(`SELECT ${columns.join(', ')} FROM ${table} WHERE ${columns[0]} = ?`);
});
const inOrder = {
  place: ordered('place'),
  anchor: ordered('anchor'),
  live: ordered('live'),
} as const;
type OrderedTable = keyof typeof inOrder;
const counts = {
  release: query('SELECT count(*) FROM release'),
  service: query('SELECT count(*) FROM service'),
  lock: query('SELECT count(*) FROM lock'),
  seen_request: query('SELECT count(*) FROM seen_request'),
} as const;
type KeyedTable = keyof typeof counts;
const keys = {
  release: query('SELECT id FROM release'),
  service: query('SELECT name FROM service'),
  lock: query('SELECT service FROM lock'),
  seen_request: query('SELECT request FROM seen_request'),
} as const;
const openIds = query('SELECT id FROM release WHERE open = 1');
const rowsLater = query('SELECT 1 FROM journal WHERE release = ? AND seq > ? LIMIT 1');
const openedBy = query('SELECT kind FROM journal WHERE release = ? ORDER BY seq LIMIT 1');
const usesRequest = query('SELECT request, kind FROM journal WHERE seq = ?');
const requestSeq = query('SELECT seq FROM seen_request WHERE request = ?');

function ordered(table: DerivedTable) {
  const columns = derivedTables[table];
  return query(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE ${columns[0]} > ? ORDER BY ${columns[0]} LIMIT 500`,
  );
}

/**
 * Compares the derived tables with what a replay of the rows hands out, row by row, without holding either in memory.
 * Inside one read transaction.
 */
export class DerivedDifferences {
  readonly #db: Database;
  readonly #after: number;
  readonly #byKey: Readonly<Record<DerivedTable, Statement>>;
  readonly #rowsLater: Statement;
  readonly #streams: Readonly<Record<OrderedTable, Stream>>;
  readonly #expected: Record<KeyedTable, number> = {
    release: 0,
    service: 0,
    lock: 0,
    seen_request: 0,
  };
  /** Their keys, as the rows say: there are as many as services. */
  readonly #few = { service: new Set<string>(), lock: new Set<string>() };
  /** Of the rows after `after` and of what is open. */
  readonly #handedOut = new Set<string>();
  readonly #found: Difference[] = [];

  /** `after`: only what the rows after this one change is handed in, beside what is open. */
  constructor(db: Database, after = 0) {
    this.#db = db;
    this.#after = after;
    this.#byKey = perTable((table) => byKey[table].on(db).raw());
    this.#rowsLater = rowsLater.on(db).pluck();
    this.#streams = {
      place: new Stream(inOrder.place.on(db), after),
      anchor: new Stream(inOrder.anchor.on(db), after),
      live: new Stream(inOrder.live.on(db), after),
    };
  }

  /** One change that the replay hands out at row `seq`. */
  take(change: Change, seq: number): void {
    const write = writeOf(change);
    switch (change.kind) {
      case 'release':
        // A row that comes later changes it again: it is handed out once more.
        if (this.#rowsLater.get(change.release.id, seq) !== undefined) return;
        if (this.#after > 0) this.#handedOut.add(change.release.id);
        this.#keyed(write);
        return;
      case 'service':
      case 'lock':
        this.#keyed(write);
        return;
      case 'seen':
        this.#seen(change.request, change.seq);
        return;
      case 'place':
      case 'anchor':
      case 'live':
        this.#inOrder(change.kind, write);
        return;
      case 'unlock':
        return;
      default:
        unreachable(change);
    }
  }

  /** What differs, once the replay has ended. */
  finish(): readonly Difference[] {
    for (const table of ['place', 'anchor', 'live'] as const) {
      for (const row of this.#streams[table].rest()) this.#note(table, String(row[0]), 'extra');
    }
    for (const table of Object.keys(counts) as KeyedTable[]) {
      // Without the rows before, only the few rows that say what is under way can be counted.
      if (this.#after === 0 || table === 'service' || table === 'lock') this.#extras(table);
    }
    if (this.#after > 0) this.#strayOpen();
    const order = (table: DerivedTable) => derivedNames.indexOf(table);
    return this.#found.sort((a, b) => order(a.table) - order(b.table));
  }

  #keyed(write: Write): void {
    if (write.kind === 'remove') return;
    const { table, row } = write;
    this.#expected[table as KeyedTable] += 1;
    if (table === 'service' || table === 'lock') this.#few[table].add(String(row[0]));
    const found = this.#byKey[table].get(row[0]) as DerivedRow | undefined;
    if (found === undefined) this.#note(table, String(row[0]), 'missing', row);
    else if (!isSameRow(row, found)) this.#note(table, String(row[0]), 'different', row);
  }

  /** A request is used up by its first row; the rows after it find it so. */
  #seen(request: string, seq: number): void {
    const found = this.#byKey.seen_request.get(request) as readonly [string, number] | undefined;
    if (found === undefined) this.#note('seen_request', request, 'missing', [request, seq]);
    else if (found[1] > seq) this.#note('seen_request', request, 'different', [request, seq]);
    else if (found[1] === seq) this.#expected.seen_request += 1;
  }

  #inOrder(table: OrderedTable, write: Write): void {
    if (write.kind === 'remove') return;
    const key = Number(write.row[0]);
    const { before, found } = this.#streams[table].upTo(key);
    for (const row of before) this.#note(table, String(row[0]), 'extra');
    if (found === undefined) this.#note(table, String(key), 'missing', write.row);
    else if (!isSameRow(write.row, found)) this.#note(table, String(key), 'different', write.row);
  }

  /** Looks for rows that nothing in the journal stands behind; only where their number says that there are some. */
  #extras(table: KeyedTable): void {
    const there = Number(counts[table].on(this.#db).pluck().get());
    const missing = this.#found.filter((d) => d.table === table && d.kind === 'missing').length;
    if (there === this.#expected[table] - missing) return;
    for (const key of keys[table].on(this.#db).pluck().iterate()) {
      if (!this.#isKnown(table, String(key))) this.#note(table, String(key), 'extra');
    }
  }

  /** Releases that are called open, and that nobody has asked for. */
  #strayOpen(): void {
    for (const id of openIds.on(this.#db).pluck().all()) {
      if (!this.#handedOut.has(String(id))) this.#note('release', String(id), 'extra');
    }
  }

  #isKnown(table: KeyedTable, key: string): boolean {
    if (this.#found.some((d) => d.table === table && d.key === key)) return true;
    switch (table) {
      case 'release':
        return openedBy.on(this.#db).pluck().get(key) === 'requested';
      case 'seen_request': {
        const row = usesRequest.on(this.#db).get(requestSeq.on(this.#db).pluck().get(key)) as
          | { readonly request: string | null; readonly kind: string }
          | undefined;
        return row?.request === key && row.kind !== 'refused';
      }
      case 'service':
      case 'lock':
        return this.#few[table].has(key);
      default:
        return unreachable(table);
    }
  }

  #note(table: DerivedTable, key: string, kind: Difference['kind'], expected?: DerivedRow): void {
    if (this.#found.length >= most) return;
    this.#found.push({ table, key, kind, ...(expected === undefined ? {} : { expected }) });
  }
}

/** Rows of a table in the order of their keys, read once, a page at a time. */
class Stream {
  readonly #page: Statement;
  #rows: DerivedRow[] = [];
  #next = 0;
  #last = 0;

  constructor(page: Statement, after: number) {
    this.#page = page.raw();
    this.#last = after;
  }

  /** The row with this key, and the rows before it that were passed. */
  upTo(key: number): { readonly before: readonly DerivedRow[]; readonly found?: DerivedRow } {
    const before: DerivedRow[] = [];
    for (let row = this.#peek(); row !== undefined && Number(row[0]) <= key; row = this.#peek()) {
      this.#next += 1;
      if (Number(row[0]) === key) return { before, found: row };
      before.push(row);
    }
    return { before };
  }

  rest(): readonly DerivedRow[] {
    return this.upTo(Number.MAX_SAFE_INTEGER).before;
  }

  #peek(): DerivedRow | undefined {
    if (this.#next >= this.#rows.length) {
      this.#rows = this.#page.all(this.#last) as DerivedRow[];
      this.#last = Number(this.#rows.at(-1)?.[0] ?? this.#last);
      this.#next = 0;
    }
    return this.#rows[this.#next];
  }
}

function isSameRow(a: DerivedRow, b: DerivedRow): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
