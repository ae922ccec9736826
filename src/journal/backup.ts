import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { counted } from '../release/counted.ts';
import { openForReading } from './open-database.ts';
import type { Head } from './row.ts';
import { verifyJournal } from './verify.ts';

export type BackedUp =
  | {
      readonly kind: 'backed_up';
      readonly path: string;
      readonly rows: number;
      readonly head: Head;
      readonly sentence: string;
    }
  /** No usable copy: nothing was left behind. */
  | { readonly kind: 'refused'; readonly sentence: string };

/**
 * Copies a journal while it is used, whole and as of one moment (SQLite's backup), and proves the copy. Never writes
 * over a file. Throws DatabaseRefused where there is no journal to copy, and what SQLite says where the disk fails.
 */
export async function backupJournal(database: string, to: string): Promise<BackedUp> {
  const path = resolve(to);
  const obstacle = obstacleOf(path);
  if (obstacle !== undefined) return { kind: 'refused', sentence: obstacle };
  const db = openForReading(database);
  try {
    // Made here, for this user alone: the copy takes the mode that it finds.
    closeSync(openSync(path, 'wx', 0o600));
    await db.backup(path);
    makeWhole(path);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    db.close();
  }
  const verified = verifyJournal(path);
  if (verified.kind !== 'verified') {
    rmSync(path, { force: true });
    return {
      kind: 'refused',
      sentence: `Refused: the copy does not verify and was removed. ${verified.sentence}`,
    };
  }
  const { rows, head } = verified;
  const sentence = `Copied ${counted(rows, 'row')} up to #${head.seq} ${head.hash} to ${path}, and the copy verifies.`;
  return { kind: 'backed_up', path, rows, head, sentence };
}

/** One file that needs no other beside it. */
function makeWhole(path: string): void {
  const copy = new BetterSqlite(path);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

function obstacleOf(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) {
    return `Refused: ${path} is there already; a backup never writes over a file. Name another one.`;
  }
  const folder = dirname(path);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? undefined
    : `Refused: there is no folder ${folder} for the copy. Create it first.`;
}
