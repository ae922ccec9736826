import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite, { type Database } from 'better-sqlite3';
import { DatabaseRefused, isSqliteError } from './errors.ts';
import { applicationId, checkVersion, type Migration, migrate, schemaVersion } from './migrate.ts';
import { makePrivate, mustBePrivate } from './private-files.ts';
import { query } from './query.ts';

const countTables = query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
const tableNames = query("SELECT name FROM sqlite_schema WHERE type = 'table'");

/** Blocks the event loop at most this long, in milliseconds, when another program holds a lock. */
const busyTimeoutMs = 200;

/** Looks at the place before anything is opened or created. Throws DatabaseRefused with what to do. */
export function checkPlace(path: string): void {
  const folder = dirname(path);
  const parent = statSync(folder, { throwIfNoEntry: false });
  if (parent?.isDirectory() !== true) {
    throw new DatabaseRefused(
      `Refused: there is no folder ${folder} for the database. Create it, or name another place under \`database:\`.`,
    );
  }
  mustBePrivate(path);
  mustBeWritable(folder, `the folder ${folder} (SQLite keeps files beside the database)`);
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return;
  if (!file.isFile()) {
    throw new DatabaseRefused(
      `Refused: ${path} is not a regular file. Name a file under \`database:\`.`,
    );
  }
  mustBeWritable(path, path);
}

function mustBeWritable(path: string, words: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new DatabaseRefused(
      `Refused: ${words} is read-only for this user. The journal must be writable before anything is moved: change its owner or mode.`,
      { cause: error },
    );
  }
}

export interface Opened {
  readonly db: Database;
  /** Set where the schema was brought forward. */
  readonly migrated?: string;
}

export interface OpenOptions {
  /** Those this program ships. */
  readonly migrations?: readonly Migration[];
  /** False: an older database is itself a copy, and no other one is made of it. */
  readonly copyAside?: boolean;
}

/** Opens the database for writing and brings its schema forward. The caller has the hold on it. */
export function openDatabase(path: string, options: OpenOptions = {}): Opened {
  const { migrations, copyAside } = options;
  const db = connect(path);
  try {
    makePrivate(path);
    checkIdentity(db);
    checkPages(db);
    // Before anything is set: a newer program's database must not be touched at all.
    checkVersion(db, migrations);
    setUp(db);
    const migrated = migrate(db, migrations, copyAside);
    checkTables(db);
    return migrated === undefined ? { db } : { db, migrated };
  } catch (error) {
    db.close();
    throw asRefusal(error, path);
  }
}

/** Opens the database for reading only, beside a running bot. Identity is checked, pages are not. */
export function openForReading(path: string): Database {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new DatabaseRefused(`Refused: there is no database ${path}.`);
  }
  let db: Database | undefined;
  try {
    db = new BetterSqlite(path, { readonly: true, fileMustExist: true, timeout: 1_000 });
    db.pragma('trusted_schema = OFF');
    checkIdentity(db);
    checkVersion(db);
    checkTables(db);
    return db;
  } catch (error) {
    db?.close();
    throw asRefusal(error, path);
  }
}

function connect(path: string): Database {
  try {
    return new BetterSqlite(path, { timeout: busyTimeoutMs });
  } catch (error) {
    throw asRefusal(error, path);
  }
}

/** A file of another program is left exactly as it was: nothing is written before this. */
function checkIdentity(db: Database): void {
  const tables = countTables.on(db).pluck().get();
  if (tables === 0 && schemaVersion(db) === 0) return;
  if (db.pragma('application_id', { simple: true }) === applicationId) return;
  throw new DatabaseRefused(
    `Refused: ${db.name} is a SQLite database of another program. Nothing was changed; name another file under \`database:\`.`,
  );
}

/** SQLite looks through so much of a file within some hundred milliseconds. */
const quickBytes = 32 * 1024 * 1024;
/** Tables that stay small however long the journal is, and say what counts now. */
const smallTables = ['service', 'lock'] as const;

/**
 * Looks for damaged pages before anything is written: in the whole of a small file. A long journal is looked through by
 * the thread that proves it (`verify.ts`), which takes minutes; here only the tables are that every step relies on.
 */
function checkPages(db: Database): void {
  const bytes =
    Number(db.pragma('page_count', { simple: true })) *
    Number(db.pragma('page_size', { simple: true }));
  const checks = bytes <= quickBytes ? ['quick_check(1)'] : quickChecksOf(db);
  for (const check of checks) {
    const found = db.pragma(check, { simple: true });
    if (found !== 'ok') throw new DatabaseRefused(damaged(db.name, String(found)));
  }
}

function quickChecksOf(db: Database): readonly string[] {
  const there = new Set(tableNames.on(db).pluck().all());
  return smallTables.filter((name) => there.has(name)).map((name) => `quick_check(${name})`);
}

function setUp(db: Database): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('recursive_triggers = ON');
  db.pragma('foreign_keys = ON');
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  if (mode !== 'wal') {
    throw new DatabaseRefused(
      `Refused: ${db.name} cannot use SQLite's write-ahead log (it stays on "${mode}"): it must be on a local disk, not on a network share.`,
    );
  }
  db.pragma('synchronous = FULL');
}

/** The tables, and the schema that brought each. */
const tablesSince = {
  journal: 1,
  release: 1,
  service: 1,
  lock: 1,
  seen_request: 1,
  place: 1,
  anchor: 1,
  outbox: 1,
  live: 2,
};

function checkTables(db: Database): void {
  const found = new Set(tableNames.on(db).pluck().all());
  const tables = Object.entries(tablesSince)
    .filter(([, since]) => since <= Math.max(1, schemaVersion(db)))
    .map(([name]) => name);
  const missing = tables.filter((name) => !found.has(name));
  if (missing.length === 0) return;
  if (missing.length === tables.length) {
    throw new DatabaseRefused(`Refused: ${db.name} holds no journal yet.`);
  }
  throw new DatabaseRefused(
    `Refused: ${db.name} lacks the table${missing.length === 1 ? '' : 's'} ${missing.join(', ')}. Somebody changed it; restore a backup with \`pointsman audit restore\`.`,
  );
}

function asRefusal(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error;
  const { code, message } = error;
  if (code === 'SQLITE_NOTADB') {
    return new DatabaseRefused(
      `Refused: ${path} is not a SQLite file. Nothing was changed; name another file under \`database:\`.`,
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseRefused(damaged(path, message), { cause: error });
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new DatabaseRefused(
      `Refused: another program holds a lock on ${path} (a sqlite3 shell, a backup?). End it and start again.`,
      { cause: error },
    );
  }
  return new DatabaseRefused(
    `Refused: ${path} cannot be opened (${code}: ${message}). Look at the file, its folder and their permissions.`,
    { cause: error },
  );
}

function damaged(path: string, finding: string): string {
  const words = finding.replace('*** in database main ***', '').replace(/\s+/g, ' ').trim();
  return `Refused: ${path} is damaged (${words}). Leave it as it is, look at it with \`pointsman audit verify\`, and bring a backup back with \`pointsman audit restore\`.`;
}
