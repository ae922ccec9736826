import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { JournalKey } from './journal-key.ts';
import type { Row } from './row.ts';
import { syncFolder } from './write-whole.ts';

/** Read and append; never through a link, which somebody else made. */
const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
/** Never waits for the other end of a pipe that stands in its place. */
const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const purpose = 'mirror';
const chunkBytes = 256 * 1024;
/** No transaction has a longer line; a file that does is not ours, and is not read into memory. */
const longestLine = 64 * 1024 * 1024;

/** One line of the mirror. */
export type MirrorLine =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** It bears no mark of this journal's key; what follows it is not read. */
  | { readonly kind: 'forged'; readonly line: number };

/**
 * `<database>.mirror.jsonl`: rows that the database did not take, one transaction a line (`{"mark": ..., "rows":
 * [...]}`), each on disk before what it allows is done. They continue the chain and are moved into the database as soon
 * as it takes rows again. The mark is made with the journal's key: rows that somebody else wrote there are not believed.
 */
export class Mirror {
  readonly path: string;
  readonly #key: JournalKey | undefined;

  /** Without a key no line is believed, and none can be written. */
  constructor(database: string, key: JournalKey | undefined) {
    this.path = `${database}.mirror.jsonl`;
    this.#key = key;
  }

  get exists(): boolean {
    return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
  }

  /** The lines that wait, oldest first, read as they are asked for. A last line that was cut short was never relied on. */
  *lines(): Generator<MirrorLine> {
    if (!this.exists) return;
    let number = 0;
    for (const text of textLines(this.path)) {
      number += 1;
      const rows = text === undefined ? undefined : this.#proved(text);
      if (rows === undefined) {
        yield { kind: 'forged', line: number };
        return;
      }
      yield { kind: 'rows', rows };
    }
  }

  /** Writes the rows of one transaction and waits until the disk has them: all of them or none. */
  append(rows: readonly Row[]): void {
    if (this.#key === undefined) throw new Error(`There is no key to mark rows of ${this.path}.`);
    const isNew = !this.exists;
    const file = openSync(this.path, appending, 0o600);
    try {
      const end = endOfLastLine(file);
      ftruncateSync(file, end);
      const mark = this.#key.mark(purpose, JSON.stringify(rows));
      writeAll(file, Buffer.from(`${JSON.stringify({ mark, rows })}\n`), end);
    } finally {
      closeSync(file);
    }
    if (isNew) syncFolder(dirname(this.path));
  }

  /** The rows are in the database. A file that cannot be removed harms nothing: its rows are known there by their hash. */
  remove(): void {
    try {
      rmSync(this.path, { force: true });
      syncFolder(dirname(this.path));
    } catch {
      // See above: the next start removes it.
    }
  }

  /** Puts a file aside whose rows are not believed; answers where it stands now. */
  putAside(): string {
    let aside = `${this.path}.unfit`;
    for (let n = 2; lstatSync(aside, { throwIfNoEntry: false }) !== undefined; n += 1) {
      aside = `${this.path}.unfit-${n}`;
    }
    renameSync(this.path, aside);
    syncFolder(dirname(this.path));
    return aside;
  }

  /** The rows of a line that this program wrote. */
  #proved(text: string): readonly Row[] | undefined {
    try {
      const { mark, rows } = JSON.parse(text) as { readonly mark: string; readonly rows: Row[] };
      const isOurs = this.#key?.isMark(mark, purpose, JSON.stringify(rows)) === true;
      return isOurs ? rows : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The whole lines of a file, a chunk in memory at a time; undefined in place of one that no program of ours wrote. */
function* textLines(path: string): Generator<string | undefined> {
  const file = openRegular(path);
  if (file === undefined) {
    yield undefined;
    return;
  }
  try {
    let rest = Buffer.alloc(0);
    for (let at = 0; ; ) {
      const chunk = Buffer.alloc(chunkBytes);
      const read = readSync(file, chunk, 0, chunk.length, at);
      if (read === 0) return;
      at += read;
      rest = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        yield rest.toString('utf8', 0, end);
        rest = rest.subarray(end + 1);
      }
      if (rest.length > longestLine) {
        yield undefined;
        return;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Undefined for a folder, a pipe, a link: anything that holds no rows. */
function openRegular(path: string): number | undefined {
  let file: number;
  try {
    file = openSync(path, reading);
  } catch {
    return undefined;
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  return undefined;
}

/** Where a file's last whole line ends: what a crash cut short is behind it. */
function endOfLastLine(file: number): number {
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(chunkBytes);
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - chunk.length);
    const read = readSync(file, chunk, 0, end - from, from);
    const last = chunk.lastIndexOf(0x0a, read - 1);
    if (read > 0 && last >= 0) return from + last + 1;
    end = from;
  }
  return 0;
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
