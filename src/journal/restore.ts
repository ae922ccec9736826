import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../engine/ports.ts';
import { counted } from '../release/counted.ts';
import type { Draft } from '../release/journal-entry.ts';
import { isSidePlan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../release/states.ts';
import { type ReleaseId, system } from '../release/vocabulary.ts';
import { holdDatabase } from './hold-database.ts';
import { Ledger } from './ledger.ts';
import type { Announce } from './message-words.ts';
import type { Migration } from './migrate.ts';
import { checkPlace, openDatabase, openForReading } from './open-database.ts';
import { query } from './query.ts';
import { realPlace } from './real-place.ts';
import { rebuildDerived } from './rebuild-derived.ts';
import type { Head } from './row.ts';
import { verifyJournal } from './verify.ts';

const copyInto = query('VACUUM INTO ?');

export type Restored =
  | {
      readonly kind: 'restored';
      readonly rows: number;
      readonly head: Head;
      /** Releases that were open in it: they need attention now. */
      readonly open: readonly ReleaseId[];
      /** Where the database that stood there before stands now. */
      readonly aside?: string;
      readonly sentence: string;
    }
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly sentence: string };

export interface RestoreOptions {
  /** ISO 8601, UTC: names the file that is put aside, and stands in the lock. */
  readonly now: string;
  readonly clock: Clock;
  /** SHA-256 of the configuration; stands in the rows that are added. */
  readonly configDigest: string;
  readonly announce: Announce;
  /** A head that was published outside and must be in the backup. */
  readonly anchor?: Head;
  /** Those this program ships. */
  readonly migrations?: readonly Migration[];
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
  if (verified.kind === 'unreadable') {
    return { kind: 'refused', sentence: `${verified.sentence} Nothing was changed.` };
  }
  if (verified.kind !== 'verified') {
    const sentence = `Refused: the backup does not verify, so nothing was changed. ${verified.sentence}`;
    return { kind: 'refused', sentence };
  }
  checkPlace(path);
  const hold = holdDatabase(path, now);
  try {
    const { aside, open } = exchange(from, path, options);
    const { rows, head } = verified;
    const before = aside === undefined ? '' : ` The database that stood there is ${aside}.`;
    return {
      kind: 'restored',
      rows,
      head,
      open,
      ...(aside === undefined ? {} : { aside }),
      sentence: `Restored ${counted(rows, 'row')} up to #${head.seq} ${head.hash} from ${from}.${before} What happened since then is not in it. ${atNextStart(open)}`,
    };
  } finally {
    hold.release();
  }
}

/** Files beside a database that tell of its rows; those of one database must never meet another. */
const companions = ['-wal', '-shm', '.mirror.jsonl', '.checkpoint'];

function exchange(
  from: string,
  path: string,
  options: RestoreOptions,
): { readonly aside?: string; readonly open: readonly ReleaseId[] } {
  const fresh = `${path}.restoring`;
  for (const companion of ['', ...companions]) rmSync(`${fresh}${companion}`, { force: true });
  copyWhole(from, fresh);
  const open = noteRestored(fresh, from, options);
  sync(fresh);
  const aside = `${path}.before-restore-${options.now.replace(/[^0-9]/g, '').slice(0, 14)}`;
  const stood = isThere(path);
  for (const companion of ['', ...companions]) {
    if (isThere(`${path}${companion}`)) renameSync(`${path}${companion}`, `${aside}${companion}`);
  }
  renameSync(fresh, path);
  sync(dirname(path));
  return { open, ...(stood ? { aside } : {}) };
}

/**
 * Writes into the journal that it was restored. What is open in it may have gone on, ended or been taken back since: no
 * machine can tell, so each such release needs a person.
 */
function noteRestored(
  path: string,
  from: string,
  { clock, configDigest, announce, migrations }: RestoreOptions,
): readonly ReleaseId[] {
  // A backup from before an update is proved as it was made, and brought forward here.
  const { db, migrated } = openDatabase(path, {
    copyAside: false,
    ...(migrations === undefined ? {} : { migrations }),
  });
  try {
    if (migrated !== undefined) db.transaction(() => rebuildDerived(db)).immediate();
    const ledger = new Ledger(db, announce);
    const open = ledger.openReleases();
    const ids = open.map(({ id }) => id);
    const drafts: readonly Draft[] = [
      { actor: system('restore'), what: { kind: 'restored', from, open: ids } },
      ...open.map(needsPerson),
    ];
    db.transaction(() => ledger.append(drafts, clock.now(), configDigest)).immediate();
    db.pragma('journal_mode = DELETE');
    return ids;
  } finally {
    db.close();
  }
}

function needsPerson(release: Release): Draft {
  const { id, service, planDigest, plan, state } = release;
  const title = stateTitle(state);
  // What may go on with one press is what was approved and written already.
  const mayChoose = isSidePlan(plan) && !isBeforeSwitch(state) && release.acceptedBy === undefined;
  return {
    actor: system('restore'),
    release: id,
    service,
    planDigest,
    what: {
      kind: 'needs_attention',
      why: `The journal was restored from a backup in which ${id} was at "${title}"; what became of it since then is not in it. Nothing is moved until somebody says which side counts.`,
      byHand: [],
      asks: 'side',
      ...(mayChoose ? { choice: { reapply: plan.to, accept: plan.from } } : {}),
    },
  };
}

function atNextStart(open: readonly ReleaseId[]): string {
  if (open.length === 0) {
    return 'No release was open in it: the next start reads the nodes, tells what differs, and moves nothing.';
  }
  const ways = open
    .map((id) => `\`pointsman settle ${id} blue|green because <reason>\``)
    .join(', ');
  return `${open.join(', ')} ${open.length === 1 ? 'was' : 'were'} open in it and need${open.length === 1 ? 's' : ''} attention now: the next start reads the nodes and moves nothing until somebody says which side counts, with ${ways}.`;
}

/** Through SQLite: a plain copy of the file would lack what stands in its write-ahead log. */
function copyWhole(from: string, to: string): void {
  const db = openForReading(from);
  try {
    copyInto.on(db).run(to);
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
