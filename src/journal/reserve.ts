import { closeSync, fsyncSync, lstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { mayOwn } from './private-files.ts';

const mebibyte = 1024 * 1024;
/** Enough for the write-ahead log and the rows of many rollbacks. */
const usual = 8 * mebibyte;

/** Disk space put by: a file that is deleted when the disk is full, so that going back can still be journaled. */
export class Reserve {
  readonly path: string;
  readonly #bytes: number;

  constructor(database: string, bytes = usual) {
    this.path = `${database}.reserve`;
    this.#bytes = bytes;
  }

  /** True while the space is put by. */
  get held(): boolean {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    return found?.isFile() === true && found.size === this.#bytes && mayOwn(found.uid, this.path);
  }

  /** Puts the space by; false where there is none to spare. */
  take(): boolean {
    if (this.held) return true;
    try {
      this.#write();
      return true;
    } catch {
      rmSync(this.path, { force: true });
      return false;
    }
  }

  /** Gives the space to the database; false where it was given already. */
  free(): boolean {
    if (lstatSync(this.path, { throwIfNoEntry: false }) === undefined) return false;
    rmSync(this.path, { force: true });
    return true;
  }

  /** Real bytes, not a hole: a sparse file reserves nothing. */
  #write(): void {
    // A new file each time: one that stands there, or a link, may be anybody's.
    rmSync(this.path, { force: true });
    const file = openSync(this.path, 'wx', 0o600);
    try {
      const block = Buffer.alloc(Math.min(mebibyte, this.#bytes), 'pointsman ');
      for (let left = this.#bytes; left > 0; left -= block.length) {
        const length = Math.min(left, block.length);
        if (writeSync(file, block, 0, length) < length) throw new Error('The disk is full.');
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
