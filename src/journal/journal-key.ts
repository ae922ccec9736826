import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { mayOwn } from './private-files.ts';
import { writeWhole } from './write-whole.ts';

/** Never through a link, and never waiting for the other end of a pipe. */
const reading = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * `<database>.key`: 32 random bytes that only this user can read. With it Pointsman marks what it keeps beside the
 * database (mirror, checkpoint), so that files which somebody else put there are not believed. It does not keep out who
 * runs as this user, or as root: they can read the key.
 */
export class JournalKey {
  readonly #secret: Buffer;
  /** What stood in its place: nothing (then nothing beside the database was marked with it), or a file that is no key of ours. */
  readonly replaced: 'nothing' | 'foreign' | undefined;

  private constructor(secret: Buffer, replaced: JournalKey['replaced']) {
    this.#secret = secret;
    this.replaced = replaced;
  }

  /** Reads the key, or makes one. Throws what the file system says. */
  static of(database: string): JournalKey {
    return JournalKey.read(database) ?? JournalKey.#make(`${database}.key`);
  }

  /** Reads the key; undefined where there is none, where this user may not read it, or where somebody else wrote it. */
  static read(database: string): JournalKey | undefined {
    try {
      const file = openSync(`${database}.key`, reading);
      try {
        const found = fstatSync(file);
        if (!found.isFile() || !mayOwn(found.uid, database)) return undefined;
        const text = readFileSync(file, 'utf8').trim();
        if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
        return new JournalKey(Buffer.from(text, 'hex'), undefined);
      } finally {
        closeSync(file);
      }
    } catch {
      return undefined;
    }
  }

  static #make(path: string): JournalKey {
    const stood = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const secret = randomBytes(32);
    writeWhole(path, `${secret.toString('hex')}\n`);
    return new JournalKey(secret, stood ? 'foreign' : 'nothing');
  }

  /** The mark of a text that serves one purpose: 64 hex digits. */
  mark(purpose: string, text: string): string {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${text}`).digest('hex');
  }

  isMark(mark: string, purpose: string, text: string): boolean {
    const expected = Buffer.from(this.mark(purpose, text));
    const found = Buffer.from(mark);
    return found.length === expected.length && timingSafeEqual(found, expected);
  }
}
