import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import BetterSqlite, { type Database } from 'better-sqlite3';
import { DatabaseHeld, DatabaseRefused, isSqliteError } from './errors.ts';
import { isAlive, lockOwner } from './lock-owner.ts';

/** The exclusive hold on a database; the kernel frees it when the process dies. */
export interface Hold {
  release(): void;
}

/**
 * Takes `<database>.lock` without waiting. Node has no flock, so the lock is SQLite's own on that little file: an open
 * write transaction, beside which others may still read who holds it.
 * Throws DatabaseHeld where another process has it.
 */
export function holdDatabase(database: string, since: string): Hold {
  const path = `${database}.lock`;
  const db = openLockFile(path);
  try {
    take(db, database);
    db.exec(
      'CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER, host TEXT, since TEXT)',
    );
    db.prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?)').run(
      process.pid,
      hostname(),
      since,
    );
    // A process that was refused may be reading this very moment.
    db.pragma('busy_timeout = 1000');
    db.exec('COMMIT');
    take(db, database);
  } catch (error) {
    db.close();
    throw asRefusal(error, path);
  }
  return { release: () => db.close() };
}

/** Who holds the database this moment, `process 4711 on db-1`; undefined where nobody does. Takes nothing. */
export function holderOfDatabase(database: string): string | undefined {
  const path = `${database}.lock`;
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const db = openLockFile(path);
  try {
    take(db, database);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseHeld) return error.holder;
    throw asRefusal(error, path);
  } finally {
    db.close();
  }
}

function openLockFile(path: string): Database {
  try {
    return new BetterSqlite(path, { timeout: 0 });
  } catch (error) {
    throw asRefusal(error, path);
  }
}

function take(db: Database, database: string): void {
  try {
    db.pragma('busy_timeout = 0');
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new DatabaseHeld(database, namedHolder(database, holderOf(db)));
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** A name that stands in the lock file counts while that process lives: any user who can read a file can lock it. */
function namedHolder(
  database: string,
  { pid, host, since }: Holder,
): { holder: string; since: string | undefined } {
  if (pid === 0 || host !== hostname() || isAlive(pid)) {
    return { holder: `process ${pid} on ${host}`, since };
  }
  const owner = lockOwner(`${database}.lock`) ?? 'a process that is not known';
  return {
    holder: `${owner}, which is no Pointsman (the last one, process ${pid}, has ended),`,
    since: undefined,
  };
}

/** Who has it. While the holder is just writing itself down, its name cannot be read yet. */
function holderOf(db: Database): Holder {
  db.pragma('busy_timeout = 500');
  const unknown = { pid: 0, host: 'this host, just starting', since: 'a moment ago' };
  try {
    const row = db.prepare('SELECT pid, host, since FROM holder').get();
    return (row as Holder | undefined) ?? unknown;
  } catch {
    return unknown;
  }
}

function isBusy(error: unknown): boolean {
  return isSqliteError(error) && error.code.startsWith('SQLITE_BUSY');
}

function asRefusal(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error;
  if (isBusy(error))
    return new DatabaseRefused(`Refused: ${path} is busy. Try again.`, { cause: error });
  const damaged = error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT');
  return new DatabaseRefused(
    damaged
      ? `Refused: ${path} is not a lock file of Pointsman. Remove it if no Pointsman runs on this database.`
      : `Refused: the lock ${path} cannot be taken (${error.code}: ${error.message}). Its folder must be writable for the user Pointsman runs as.`,
    { cause: error },
  );
}
