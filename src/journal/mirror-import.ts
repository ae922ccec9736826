import { isSqliteError } from './errors.ts';
import { goesBack } from './goes-back.ts';
import { type Ledger, LockTaken, ReleaseEnded } from './ledger.ts';
import type { Mirror } from './mirror.ts';
import { entryOf, hashOf, type Row } from './row.ts';

/** How many rows one transaction moves: nothing else runs meanwhile. */
const batchRows = 50;

export interface MirrorImported {
  readonly rows: number;
  /** Holds the rows that the database did not take. */
  readonly copy?: Ledger;
  /** Why the rest of the mirror was not imported: a clause that follows its path. */
  readonly unfit?: string;
}

export interface MirrorImportParts {
  readonly primary: Ledger;
  readonly mirror: Mirror;
  /** A ledger in memory that goes on from the database, which takes no rows for this reason; rethrows any other. */
  readonly standIn: (why: unknown) => Ledger;
}

/**
 * Moves the rows that wait in the mirror since the program died, some at a time. A line is believed where it bears the
 * mark of the journal's key, where its rows follow the journal, and where they serve going back: no others are ever
 * written there. What comes before such a line counts; what comes behind it does not.
 */
export class MirrorImport {
  readonly #parts: MirrorImportParts;
  #into: Ledger;
  #rows = 0;

  constructor(parts: MirrorImportParts) {
    this.#parts = parts;
    this.#into = parts.primary;
  }

  /** Gives the event loop its turn at each `yield`. */
  *run(): Generator<undefined, MirrorImported> {
    for (const line of this.#parts.mirror.lines()) {
      const unfit =
        line.kind === 'forged'
          ? `holds rows without the mark of its key from line ${line.line} on: Pointsman did not write them, or its key was lost`
          : yield* this.#take(line.rows);
      if (unfit !== undefined) return { ...this.#imported(), unfit };
    }
    return this.#imported();
  }

  #imported(): MirrorImported {
    const copy = this.#into;
    return { rows: this.#rows, ...(copy === this.#parts.primary ? {} : { copy }) };
  }

  *#take(rows: readonly Row[]): Generator<undefined, string | undefined> {
    const fresh = this.#newOf(rows);
    const notNext = 'holds rows that do not follow the journal (was it restored from a backup?)';
    if (fresh === undefined) return notNext;
    if (!goesBack(fresh.map(entryOf), (id) => this.#into.release(id))) {
      return `holds rows that begin something (row ${fresh[0]?.seq} and after), which Pointsman never writes there`;
    }
    for (let at = 0; at < fresh.length; at += batchRows) {
      const batch = fresh.slice(at, at + batchRows);
      if (!this.#add(batch)) return notNext;
      this.#rows += batch.length;
      yield;
    }
    return undefined;
  }

  /** Those that the journal lacks; undefined where they are not its own and its next ones. */
  #newOf(rows: readonly Row[]): readonly Row[] | undefined {
    const { primary } = this.#parts;
    let last = this.#into.head;
    for (const row of rows) {
      if (row.seq <= last.seq) {
        if (primary.hashAt(row.seq) !== row.hash) return undefined;
        continue;
      }
      if (row.seq !== last.seq + 1 || row.prev !== last.hash || hashOf(row) !== row.hash) {
        return undefined;
      }
      last = row;
    }
    return rows.filter(({ seq }) => seq > this.#into.head.seq);
  }

  /** False where the journal's own rules refuse them. */
  #add(rows: readonly Row[]): boolean {
    const { primary, standIn } = this.#parts;
    if (this.#into === primary) {
      try {
        addTo(primary, rows);
        return true;
      } catch (error) {
        primary.forget();
        if (areRefused(error)) return false;
        this.#into = standIn(error);
      }
    }
    addTo(this.#into, rows);
    return true;
  }
}

function addTo(ledger: Ledger, rows: readonly Row[]): void {
  ledger.db.transaction(() => ledger.addMade(rows)).immediate();
  ledger.settle(rows.at(-1));
}

function areRefused(error: unknown): boolean {
  if (error instanceof LockTaken || error instanceof ReleaseEnded) return true;
  return isSqliteError(error) && error.code.startsWith('SQLITE_CONSTRAINT');
}
