import { constants } from 'node:fs';
import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { FileFailed } from '../errors.ts';

/** What an overwriting that is under way turns into what. Stands on disk beside the file until it is done. */
export interface Overwrite {
  /** latin1, as all texts of files here. */
  readonly before: string;
  readonly after: string;
}

/** Writes the record of an overwriting; nothing of the file itself is touched before it is on the disk. */
export async function recordOverwrite(record: string, overwrite: Overwrite): Promise<void> {
  await withFile(
    record,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    async (file) => {
      await file.writeFile(JSON.stringify(overwrite), 'utf8');
      await file.sync();
    },
  );
}

/** Overwrites the file by its inode. Rejects with FileFailed where it does not hold the old text any more. */
export async function overwrite(path: string, { before, after }: Overwrite): Promise<void> {
  await withFile(path, constants.O_RDWR, async (file) => {
    if ((await file.readFile('latin1')) !== before) {
      throw new FileFailed(path, 'was changed by somebody else meanwhile; nothing was written.');
    }
    await writeWhole(file, after);
  });
}

/**
 * Ends an overwriting that a crash cut short: a file that holds a part of each text gets the old one back. One that is
 * whole, or that somebody else has written since, stays as it is.
 */
export async function mendOverwritten(path: string, record: string): Promise<void> {
  const texts = readRecord(await readFile(record, 'utf8'));
  if (texts !== undefined) {
    await withFile(path, constants.O_RDWR, async (file) => {
      if (isTorn(await file.readFile('latin1'), texts)) await writeWhole(file, texts.before);
    });
  }
  await unlink(record);
}

/** True for the beginning of the new text with the rest of the old one behind it, and neither of them whole. */
export function isTorn(text: string, { before, after }: Overwrite): boolean {
  if (text === before || text === after) return false;
  const begun = commonLength(text, after);
  if (text.length > before.length && text.length === begun) return true;
  return text.length === before.length && begun + commonTail(text, before) >= text.length;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function commonTail(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}

/** A record that was itself cut short is of an overwriting that had not begun. */
function readRecord(text: string): Overwrite | undefined {
  try {
    const { before, after } = JSON.parse(text) as Partial<Overwrite>;
    return typeof before === 'string' && typeof after === 'string' ? { before, after } : undefined;
  } catch {
    return undefined;
  }
}

async function writeWhole(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text, 'latin1');
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten;
  }
  await file.truncate(bytes.length);
  await file.sync();
}

async function withFile(
  path: string,
  flags: number,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags | constants.O_NOFOLLOW, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
