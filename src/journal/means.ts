import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { counted } from '../release/counted.ts';
import { isSqliteError, JournalUnwritable, type SqliteFault } from './errors.ts';
import type { Finding } from './finding.ts';
import { Ledger } from './ledger.ts';
import type { Announce } from './message-words.ts';
import type { Mirror } from './mirror.ts';
import { MirrorImport, type MirrorImported } from './mirror-import.ts';
import { databaseOf } from './remembered.ts';
import type { Reserve } from './reserve.ts';

/** Work inside one transaction on a ledger; `seal` is called last, before the commit. */
export type Work<T> = (ledger: Ledger, seal: () => void) => T;

export interface MeansParts {
  readonly path: string;
  readonly primary: Ledger;
  readonly announce: Announce;
  readonly reserve: Reserve;
  readonly mirror: Mirror;
  /** Hears what had to be done, a sentence each. */
  readonly say: (sentence: string) => void;
}

/**
 * Where rows go: the database; while its disk is full, into the space put by; while it takes none at all, into the
 * mirror, with a small database in memory standing in for it. The last two are for going back only.
 */
export class Means {
  readonly #path: string;
  readonly #inode: number;
  readonly #primary: Ledger;
  readonly #announce: Announce;
  readonly #reserve: Reserve;
  readonly #mirror: Mirror;
  readonly #say: (sentence: string) => void;
  #copy: Ledger | undefined;
  #waits: boolean;
  /** Set where the file's pages are damaged: then nothing is moved back into it. */
  #damage: JournalUnwritable | undefined;

  constructor({ path, primary, announce, reserve, mirror, say }: MeansParts) {
    this.#path = path;
    this.#inode = statSync(path).ino;
    this.#primary = primary;
    this.#announce = announce;
    this.#reserve = reserve;
    this.#mirror = mirror;
    this.#say = say;
    this.#waits = mirror.exists;
  }

  /** True while rows wait in the mirror since the program died: `takeUp` comes before anything is written. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Moves those rows into the database, some between two yields; answers what a person has to know of them. */
  *takeUp(): Generator<undefined, readonly Finding[]> {
    if (!this.#waits) return [];
    const imported = yield* new MirrorImport({
      primary: this.#primary,
      mirror: this.#mirror,
      standIn: (why) => this.#standIn(why),
    }).run();
    this.#copy = imported.copy;
    this.#waits = false;
    for (const { outbox } of new Set([this.ledger, this.#primary])) {
      outbox.doubtWaiting(this.ledger.head.seq);
    }
    return this.#afterImport(imported);
  }

  /** What is read from: all rows there are, those in the mirror too. */
  get ledger(): Ledger {
    return this.#copy ?? this.#primary;
  }

  /** The database's own, which holds everything but the mirror's rows; its file may be damaged. */
  get primary(): Ledger {
    return this.#primary;
  }

  /** Carries the work out where it can be. `lastMeans`: it may use the reserve and the mirror. */
  write<T>(lastMeans: boolean, work: Work<T>): T {
    if (this.#waits) throw new Error(`Rows wait in ${this.#mirror.path}; they come first.`);
    this.#normalize(lastMeans);
    if (this.#copy !== undefined) return this.#mirrored(this.#copy, work);
    try {
      return this.#plain(work);
    } catch (error) {
      if (!lastMeans || !mayHelp(error)) throw error;
      return this.#withLastMeans(error, work);
    }
  }

  close(): void {
    if (this.#copy !== undefined) this.#moveIn(this.#copy);
    this.#copy?.db.close();
    this.#copy = undefined;
    closeWhole(this.#primary.db);
  }

  #withLastMeans<T>(error: unknown, work: Work<T>): T {
    if (isFull(error) && this.#reserve.free()) {
      this.#say(
        `The disk is full: ${this.#reserve.path} was deleted, so that going back can be journaled. Nothing else is until there is room again.`,
      );
      try {
        return this.#plain(work);
      } catch (again) {
        if (!mayHelp(again)) throw again;
      }
    }
    this.#copy = this.#copyOfPrimary(error);
    this.#say(
      this.#damage === undefined
        ? `The database takes no rows (${(error as Error).message}): going back is journaled in ${this.#mirror.path} until it does.`
        : `${this.#damage.message} Going back is journaled in ${this.#mirror.path}.`,
    );
    return this.#mirrored(this.#copy, work);
  }

  #plain<T>(work: Work<T>): T {
    this.#checkFile();
    return work(this.#primary, () => {});
  }

  /** A file that was moved or removed still takes rows that nobody will find again. */
  #checkFile(): void {
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode) return;
    throw new JournalUnwritable(
      'POINTSMAN_FILE_GONE',
      `The journal ${this.#path} was moved, removed or replaced while Pointsman runs, so nothing was done. Put it back and start Pointsman again.`,
    );
  }

  /** What this transaction adds is in the mirror, on disk, before the copy commits. */
  #mirrored<T>(copy: Ledger, work: Work<T>): T {
    return work(copy, () => {
      const rows = copy.rowsAfter(copy.head.seq);
      if (rows.length > 0) this.#mirror.append(rows);
    });
  }

  /** Ends what was done for want of room, as far as there is room; what must not use the last means waits for that. */
  #normalize(lastMeans: boolean): void {
    if (this.#copy !== undefined) {
      const hindrance = this.#moveIn(this.#copy);
      if (hindrance !== undefined && !lastMeans) throw hindrance;
    }
    if (lastMeans || this.#copy !== undefined || this.#reserve.take()) return;
    throw new JournalUnwritable(
      'SQLITE_FULL',
      `The journal ${this.#primary.db.name} could not be written, so nothing was done: its disk is full, and what is left is kept for going back. Free some space, then ask again.`,
    );
  }

  /** Moves the mirror's rows into the database; answers what hinders it. */
  #moveIn(copy: Ledger): unknown {
    // Nothing is written into damaged pages: the mirror stays beside them, as evidence and for the next start.
    if (this.#damage !== undefined) return this.#damage;
    const primary = this.#primary;
    const rows = copy.rowsAfter(primary.head.seq);
    try {
      this.#checkFile();
      primary.db
        .transaction(() => {
          primary.checkHead();
          primary.addMade(rows);
          primary.outbox.adopt(copy.outbox);
        })
        .immediate();
    } catch (error) {
      primary.forget();
      return error;
    }
    primary.settle(rows.at(-1));
    this.#mirror.remove();
    this.#copy = undefined;
    copy.db.close();
    this.#sayMoved(rows.length);
    return undefined;
  }

  /** The mirror holds what the copy holds, or nothing. */
  #afterImport({ rows, copy, unfit }: MirrorImported): readonly Finding[] {
    const findings = unfit === undefined ? [] : [this.#unfitFinding(unfit)];
    if (copy === undefined && unfit === undefined) this.#mirror.remove();
    if (copy === undefined && rows > 0) this.#sayMoved(rows);
    const held = copy?.rowsAfter(this.#primary.head.seq) ?? [];
    if (held.length > 0 && unfit !== undefined) this.#mirror.append(held);
    return findings;
  }

  #unfitFinding(unfit: string): Finding {
    const { path } = this.#mirror;
    let aside: string;
    try {
      aside = `they stand in ${this.#mirror.putAside()}`;
    } catch (error) {
      aside = `the file could not be put aside (${(error as Error).message})`;
    }
    return {
      kind: 'chain',
      sentence: `The mirror ${path} ${unfit}. They were not imported; ${aside}. \`pointsman status\` shows where the nodes are.`,
    };
  }

  #sayMoved(rows: number): void {
    this.#say(
      `The database takes rows again: ${counted(rows, 'row')} moved into it from the mirror.`,
    );
  }

  /** Stands in for a database that takes no rows; whatever else is wrong is thrown. */
  #standIn(why: unknown): Ledger {
    if (!mayHelp(why)) throw why;
    return this.#copyOfPrimary(why);
  }

  #copyOfPrimary(why: unknown): Ledger {
    if (isDamage(why)) {
      this.#damage = new JournalUnwritable(
        why.code,
        `The journal ${this.#path} is damaged (${why.message}), so nothing new is begun. Stop Pointsman, run \`pointsman audit verify\`, then \`pointsman audit restore\` from a backup.`,
        why,
      );
    }
    return new Ledger(databaseOf(this.#primary.remembered()), this.#announce, this.#primary);
  }
}

function isDamage(error: unknown): error is SqliteFault {
  return (
    isSqliteError(error) &&
    (error.code.startsWith('SQLITE_CORRUPT') || error.code.startsWith('SQLITE_NOTADB'))
  );
}

/**
 * Closes a database as one file. With a write-ahead log at rest, whoever reads it next (root, verifying) would leave
 * `-wal` and `-shm` files behind that the bot may not open. Where somebody reads it this moment, the log stays.
 */
function closeWhole(db: Database): void {
  try {
    if (db.open) db.pragma('journal_mode = DELETE');
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  }
  db.close();
}

function isFull(error: unknown): boolean {
  return isSqliteError(error) && error.code.startsWith('SQLITE_FULL');
}

/** Where the database is another than this process knows, no mirror helps: its rows would never follow. */
function mayHelp(error: unknown): boolean {
  if (error instanceof JournalUnwritable) return error.code === 'POINTSMAN_FILE_GONE';
  return isSqliteError(error) && !error.code.startsWith('SQLITE_CONSTRAINT');
}
