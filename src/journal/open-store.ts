import type { Database } from 'better-sqlite3';
import type { Clock } from '../engine/ports.ts';
import { CheckpointFile } from './checkpoint.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import { asUnwritable, isSqliteError } from './errors.ts';
import type { Finding } from './finding.ts';
import { type Hold, holdDatabase } from './hold-database.ts';
import { JournalKey } from './journal-key.ts';
import { Ledger } from './ledger.ts';
import { Means } from './means.ts';
import type { Announce } from './message-words.ts';
import type { Migration } from './migrate.ts';
import { Mirror } from './mirror.ts';
import { checkPlace, openDatabase } from './open-database.ts';
import { Outbox } from './outbox.ts';
import { correctDerived, proveStart, type Start, type StartOptions } from './prove-start.ts';
import { realPlace } from './real-place.ts';
import { Reserve } from './reserve.ts';
import { type Failpoint, Store } from './store.ts';

export interface StoreOptions {
  readonly path: string;
  readonly clock: Clock;
  /** SHA-256 of the configuration; stands in every row. */
  readonly configDigest: string;
  readonly announce: Announce;
  readonly failpoint?: Failpoint;
  /** Those this program ships. */
  readonly migrations?: readonly Migration[];
  /** How much disk space is put by for going back; 8 MB. */
  readonly reserveBytes?: number;
  /** Name and version of the program; with it the journal's head is kept a second time, and a start is proved by it. */
  readonly program?: string;
  /** Hears of the reserve and the mirror, a sentence each; while opening, `notes` of the store do. */
  readonly say?: (sentence: string) => void;
}

/**
 * Takes the database for this process and opens it; creates it where there is none.
 * Throws DatabaseHeld where another process has it, DatabaseRefused where the file cannot be used.
 */
export function openStore(options: StoreOptions): Store {
  const path = realPlace(options.path);
  checkPlace(path);
  const hold = holdDatabase(path, options.clock.now().at);
  try {
    return openHeld(path, hold, options);
  } catch (error) {
    hold.release();
    throw asUnwritable(error, path);
  }
}

function openHeld(path: string, hold: Hold, options: StoreOptions): Store {
  const { clock, configDigest, announce, failpoint = () => {}, migrations } = options;
  const notes: string[] = [];
  let say = (sentence: string): void => void notes.push(sentence);
  const reserve = new Reserve(path, options.reserveBytes);
  const { db, migrated } = openDatabase(path, migrations === undefined ? {} : { migrations });
  try {
    if (migrated !== undefined) say(migrated);
    const key = withReserve(reserve, () => JournalKey.of(path));
    const beside = besideOf(path, key, options);
    const { proof, checkpoint, notes: corrected } = withReserve(reserve, () => proved(db, beside));
    for (const note of corrected) say(note);
    withReserve(reserve, () => new Outbox(db).doubtInterrupted());
    const primary = new Ledger(db, announce);
    const mirror = new Mirror(path, key);
    const means = new Means({
      path,
      primary,
      announce,
      reserve,
      mirror,
      say: (words) => say(words),
    });
    if (!reserve.take()) say(`The disk has no room for ${reserve.path}: releases are refused.`);
    say = options.say ?? (() => {});
    const keeper =
      beside &&
      new CheckpointKeeper(beside.file, beside.rules.program, (words) => say(words), {
        last: checkpoint?.head.seq ?? 0,
        published: checkpoint?.published,
      });
    return new Store({
      path,
      means,
      hold,
      clock,
      configDigest,
      failpoint,
      notes,
      start: { ...proof, findings: [...proof.findings, ...keyFinding(path, key)] },
      ...(keeper === undefined ? {} : { checkpoints: keeper }),
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A start is the beginning of recovery: a full disk must not stop it. */
function withReserve<T>(reserve: Reserve, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isDiskFull(error) || !reserve.free()) throw error;
    return work();
  }
}

function isDiskFull(error: unknown): boolean {
  if (isSqliteError(error)) return error.code === 'SQLITE_FULL';
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC';
}

function keyFinding(path: string, { replaced }: JournalKey): readonly Finding[] {
  if (replaced !== 'foreign') return [];
  const sentence = `The key ${path}.key was not Pointsman's, and was replaced.`;
  return [{ kind: 'anchor', sentence }];
}

/** What is kept beside the database, where a program is named. */
function besideOf(
  path: string,
  key: JournalKey,
  { program, announce }: StoreOptions,
): StartOptions | undefined {
  if (program === undefined) return undefined;
  return { key, file: new CheckpointFile(path, key), rules: { program, announce } };
}

function proved(db: Database, beside: StartOptions | undefined): Start {
  if (beside !== undefined) return proveStart(db, beside);
  return { proof: { kind: 'proved', whole: false, findings: [] }, notes: correctDerived(db) };
}
