import { chmodSync, lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseRefused } from './errors.ts';

/** What stands beside a database and belongs to it. */
const companions = [
  '-wal',
  '-shm',
  '.lock',
  '.reserve',
  '.mirror.jsonl',
  '.sock',
  '.key',
  '.checkpoint',
];
/** Of these what stands in them is believed as it is. Mirror and checkpoint bear marks, the key has a rule of its own. */
const believed = ['', '-wal', '-shm', '.lock'];

/**
 * The journal is read and written by this user alone. Refuses a folder in which other users may put and remove files, a
 * link where a file of the database belongs, and a file that another user put there: by each of them somebody else
 * would decide what is read and written.
 */
export function mustBePrivate(database: string): void {
  const folder = dirname(database);
  const { mode } = statSync(folder);
  const isOpen = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
  if (isOpen) {
    throw new DatabaseRefused(
      `Refused: every user of this machine may put files into ${folder} and take the database away: \`chmod o-w ${folder}\`.`,
    );
  }
  for (const companion of companions) {
    const path = `${database}${companion}`;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new DatabaseRefused(
        `Refused: ${path} is a link, and Pointsman would write to where it leads. Look who made it, and remove it.`,
      );
    }
  }
  for (const end of believed) {
    const path = `${database}${end}`;
    const uid = lstatSync(path, { throwIfNoEntry: false })?.uid;
    if (uid === undefined || mayOwn(uid, database)) continue;
    throw new DatabaseRefused(
      `Refused: ${path} belongs to user ${uid}, and Pointsman runs as user ${process.getuid?.()}: somebody else may have written it. Look who put it there; remove it, or give it to Pointsman with \`chown\`.`,
    );
  }
}

/** A file beside the database is this user's or root's; for root, it may be the user's whose folder it is. */
export function mayOwn(uid: number, database: string): boolean {
  const own = process.getuid?.() ?? uid;
  return uid === own || uid === 0 || (own === 0 && uid === statSync(dirname(database)).uid);
}

/** Takes from other users what an earlier program, or another umask, let them read. */
export function makePrivate(database: string): void {
  for (const path of [database, ...companions.map((end) => `${database}${end}`)]) {
    const file = lstatSync(path, { throwIfNoEntry: false });
    if (file === undefined || file.isSymbolicLink() || (file.mode & 0o077) === 0) continue;
    if (mayOwn(file.uid, database)) chmodSync(path, 0o600);
  }
}
