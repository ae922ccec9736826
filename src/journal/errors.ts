/** The rows could not be committed, so nothing may be done. The message says why and what to do. */
export class JournalUnwritable extends Error {
  override readonly name = 'JournalUnwritable';
  /** SQLite's name of the result, e.g. `SQLITE_FULL`. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Another process owns the database. */
export class DatabaseHeld extends Error {
  override readonly name = 'DatabaseHeld';
  /** `process 4711 on db-1`, or in words that it is no Pointsman. */
  readonly holder: string;

  constructor(database: string, { holder, since }: { holder: string; since: string | undefined }) {
    super(
      `Refused: ${holder} holds ${database}${since === undefined ? '' : ` since ${since}`}. One process owns the database: stop that one first${since === undefined ? '' : ', or give it the command'}.`,
    );
    this.holder = holder;
  }
}

/** The file cannot be this program's database: missing folder, other program, damaged, too new. Nothing was changed. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused';
}

/** What SQLite throws, with its name of the result. */
export interface SqliteFault extends Error {
  readonly code: string;
}

export function isSqliteError(error: unknown): error is SqliteFault {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
}

/** What the file system says: ENOSPC, EROFS, EIO, ... */
function isFileError(error: unknown): error is SqliteFault {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** The error as JournalUnwritable, where it is SQLite's or the disk's; any other error as it is. */
export function asUnwritable(error: unknown, database: string): unknown {
  if (isSqliteError(error)) {
    return new JournalUnwritable(
      error.code,
      `The journal ${database} could not be written, so nothing was done: ${whyAndWhatToDo(error)}`,
      error,
    );
  }
  if (isFileError(error)) {
    return new JournalUnwritable(
      error.code,
      `The journal ${database} could not be written, nor its mirror, so nothing was done: ${error.message}. Look at the disk, then ask again.`,
      error,
    );
  }
  if (error instanceof TypeError && /not open/.test(error.message)) {
    return new JournalUnwritable(
      'SQLITE_MISUSE',
      `The journal ${database} is closed: Pointsman is being stopped. Ask again when it is back.`,
      error,
    );
  }
  return error;
}

const meanings: readonly (readonly [prefix: string, sentence: string])[] = [
  ['SQLITE_FULL', 'its disk is full. Free some space, then ask again.'],
  [
    'SQLITE_READONLY',
    'the file or its disk is read-only. Make it writable for the user Pointsman runs as, then ask again.',
  ],
  [
    'SQLITE_BUSY',
    'another program holds a lock on it (a sqlite3 shell, a backup?). End that program, then ask again.',
  ],
  ['SQLITE_LOCKED', 'another connection holds a lock on it. End it, then ask again.'],
  [
    'SQLITE_CORRUPT',
    'the file is damaged. Stop Pointsman, run `pointsman audit verify`, then `pointsman audit restore` from a backup.',
  ],
  ['SQLITE_NOTADB', 'the file is no longer a SQLite database. Restore it from a backup.'],
  ['SQLITE_IOERR', 'its disk failed. Look into the system log, then ask again.'],
  ['SQLITE_CANTOPEN', 'its files cannot be opened. Look at the folder and its permissions.'],
  [
    'SQLITE_CONSTRAINT_TRIGGER',
    'the database refused a row that does not follow the last one. Stop Pointsman and run `pointsman audit verify`.',
  ],
];

function whyAndWhatToDo(error: SqliteFault): string {
  const meaning = meanings.find(([prefix]) => error.code.startsWith(prefix))?.[1];
  return `${meaning ?? 'SQLite refused it.'} (${error.code}: ${error.message})`;
}
