import {
  closeSync,
  constants,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Row } from './row.ts';

/** Read and append; never through a link, which somebody else made. */
const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * `<database>.mirror.jsonl`: rows that the database did not take, one transaction a line (a JSON array of rows), each
 * on disk before what it allows is done. They continue the chain and are moved into the database as soon as it takes
 * rows again.
 */
export class Mirror {
  readonly path: string;

  constructor(database: string) {
    this.path = `${database}.mirror.jsonl`;
  }

  get exists(): boolean {
    return statSync(this.path, { throwIfNoEntry: false }) !== undefined;
  }

  /** The rows that wait; a last line that was cut short was never relied on. Undefined where it is not our file. */
  rows(): readonly Row[] | undefined {
    if (!this.exists) return [];
    try {
      const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
      return lines.flatMap((line) => JSON.parse(line) as readonly Row[]);
    } catch {
      return undefined;
    }
  }

  /** Writes the rows of one transaction and waits until the disk has them: all of them or none. */
  append(rows: readonly Row[]): void {
    const isNew = !this.exists;
    const file = openSync(this.path, appending, 0o600);
    try {
      const end = wholeLines(this.path);
      ftruncateSync(file, end);
      writeAll(file, Buffer.from(`${JSON.stringify(rows)}\n`), end);
    } finally {
      closeSync(file);
    }
    if (isNew) this.#syncFolder();
  }

  /** The rows are in the database. A file that cannot be removed harms nothing: its rows are known there by their hash. */
  remove(): void {
    try {
      rmSync(this.path, { force: true });
      this.#syncFolder();
    } catch {
      // See above: the next start removes it.
    }
  }

  /** Puts a file aside whose rows do not follow the journal; answers where it stands now. */
  putAside(): string {
    let aside = `${this.path}.unfit`;
    for (let n = 2; statSync(aside, { throwIfNoEntry: false }) !== undefined; n += 1) {
      aside = `${this.path}.unfit-${n}`;
    }
    renameSync(this.path, aside);
    this.#syncFolder();
    return aside;
  }

  #syncFolder(): void {
    const folder = openSync(dirname(this.path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

/** The length of a file up to its last whole line. */
function wholeLines(path: string): number {
  return readFileSync(path).lastIndexOf(0x0a) + 1;
}

function writeAll(file: number, bytes: Buffer, end: number): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, end);
    throw error;
  }
}
