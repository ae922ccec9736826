import type { Database } from 'better-sqlite3';
import type { Clock } from '../engine/ports.ts';
import { counted } from '../release/counted.ts';
import type { Difference } from './derived-differences.ts';
import { asUnwritable, isSqliteError } from './errors.ts';
import { type Hold, holdDatabase } from './hold-database.ts';
import { Ledger } from './ledger.ts';
import { Means } from './means.ts';
import type { Announce } from './message-words.ts';
import type { Migration } from './migrate.ts';
import { Mirror } from './mirror.ts';
import { checkPlace, openDatabase } from './open-database.ts';
import { Outbox } from './outbox.ts';
import { realPlace } from './real-place.ts';
import { derivedDifferences, rebuildDerived } from './rebuild-derived.ts';
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
    for (const note of withReserve(reserve, () => prepare(db))) say(note);
    const primary = new Ledger(db, announce);
    const mirror = new Mirror(path);
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
    return new Store({ path, means, hold, clock, configDigest, failpoint, notes });
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
    if (!isSqliteError(error) || error.code !== 'SQLITE_FULL' || !reserve.free()) throw error;
    return work();
  }
}

function prepare(db: Database): readonly string[] {
  const notes = correctDerived(db);
  new Outbox(db).doubtInterrupted();
  return notes;
}

/** The journal is what holds; tables that say otherwise (an older program's fold, somebody's hand) are written anew. */
function correctDerived(db: Database): readonly string[] {
  const differences = derivedDifferences(db);
  if (differences.length === 0) return [];
  db.transaction(() => rebuildDerived(db)).immediate();
  return [
    `${counted(differences.length, 'row')} derived from the journal ${differences.length === 1 ? 'was' : 'were'} not as it says and ${differences.length === 1 ? 'was' : 'were'} written anew: ${differences.slice(0, 10).map(differenceWords).join(', ')}.`,
  ];
}

/** `release checkout-42 different`. */
function differenceWords({ table, key, kind }: Difference): string {
  return `${table} ${key} ${kind}`;
}
