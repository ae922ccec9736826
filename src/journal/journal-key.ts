import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** A new file, never through a link. */
const creating = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * `<database>.key`: 32 random bytes that only this user can read. With it Pointsman marks what it keeps beside the
 * database (mirror, checkpoint), so that files which somebody else put there are not believed. It does not keep out who
 * runs as this user, or as root: they can read the key.
 */
export class JournalKey {
  readonly #secret: Buffer;
  /** True where there was none before: then nothing beside the database was marked with it. */
  readonly isNew: boolean;

  private constructor(secret: Buffer, isNew: boolean) {
    this.#secret = secret;
    this.isNew = isNew;
  }

  /** Reads the key, or makes one. Throws what the file system says. */
  static of(database: string): JournalKey {
    return JournalKey.read(database) ?? JournalKey.#make(database);
  }

  /** Reads the key; undefined where there is none, or none that this user may read. */
  static read(database: string): JournalKey | undefined {
    try {
      const text = readFileSync(`${database}.key`, 'utf8').trim();
      return /^[0-9a-f]{64}$/.test(text)
        ? new JournalKey(Buffer.from(text, 'hex'), false)
        : undefined;
    } catch {
      return undefined;
    }
  }

  static #make(database: string): JournalKey {
    const secret = randomBytes(32);
    const file = openSync(`${database}.key`, creating, 0o600);
    try {
      writeSync(file, `${secret.toString('hex')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return new JournalKey(secret, true);
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
