import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { holdDatabase } from './hold-database.ts';
import { checkPlace, openForReading } from './open-database.ts';
import { realPlace } from './real-place.ts';
import type { Head } from './row.ts';
import { verifyJournal } from './verify.ts';

export type Restored =
  | {
      readonly kind: 'restored';
      readonly rows: number;
      readonly head: Head;
      /** Where the database that stood there before stands now. */
      readonly aside?: string;
      readonly sentence: string;
    }
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly sentence: string };

export interface RestoreOptions {
  /** ISO 8601, UTC: names the file that is put aside, and stands in the lock. */
  readonly now: string;
  /** A head that was published outside and must be in the backup. */
  readonly anchor?: Head;
}

/**
 * Puts a proved backup in the database's place; what stood there is put aside, never removed. Needs the hold: no bot
 * may run. Throws DatabaseHeld and DatabaseRefused.
 */
export function restoreJournal(
  backup: string,
  database: string,
  options: RestoreOptions,
): Restored {
  const from = realPlace(backup);
  const path = realPlace(database);
  if (from === path) {
    return { kind: 'refused', sentence: `Refused: ${path} cannot be restored from itself.` };
  }
  const { anchor, now } = options;
  const verified = verifyJournal(from, anchor === undefined ? [] : [anchor]);
  if (verified.kind !== 'verified') {
    const sentence = `Refused: the backup does not verify, so nothing was changed. ${verified.sentence}`;
    return { kind: 'refused', sentence };
  }
  checkPlace(path);
  const hold = holdDatabase(path, now);
  try {
    const aside = exchange(from, path, now);
    const { rows, head } = verified;
    const before = aside === undefined ? '' : ` The database that stood there is ${aside}.`;
    return {
      kind: 'restored',
      rows,
      head,
      ...(aside === undefined ? {} : { aside }),
      sentence: `Restored ${rows} rows up to #${head.seq} ${head.hash} from ${from}.${before} What happened since then is not in it: the nodes are read at the next start.`,
    };
  } finally {
    hold.release();
  }
}

/** SQLite's files beside a database; the log of one database must never meet another. */
const companions = ['-wal', '-shm', '.mirror.jsonl'];

function exchange(from: string, path: string, now: string): string | undefined {
  const fresh = `${path}.restoring`;
  rmSync(fresh, { force: true });
  copyWhole(from, fresh);
  sync(fresh);
  const aside = `${path}.before-restore-${now.replace(/[^0-9]/g, '').slice(0, 14)}`;
  const stood = isThere(path);
  for (const companion of ['', ...companions]) {
    if (isThere(`${path}${companion}`)) renameSync(`${path}${companion}`, `${aside}${companion}`);
  }
  renameSync(fresh, path);
  sync(dirname(path));
  return stood ? aside : undefined;
}

/** Through SQLite: a plain copy of the file would lack what stands in its write-ahead log. */
function copyWhole(from: string, to: string): void {
  const db = openForReading(from);
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
