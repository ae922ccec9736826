import { constants } from 'node:fs';
import { type FileHandle, open, readFile, unlink } from 'node:fs/promises';
import { FileFailed } from '../errors.ts';

/** What an overwriting that is under way turns into what. Stands on disk beside the file until it is done. */
export interface Overwrite {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** So many bytes are compared at once. */
const block = 64 * 1024;

/** Writes the record of an overwriting; nothing of the file itself is touched before it is on the disk. */
export async function recordOverwrite(record: string, overwrite: Overwrite): Promise<void> {
  await withFile(
    record,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    async (file) => {
      const { before, after } = overwrite;
      const lengths = JSON.stringify({ before: before.length, after: after.length });
      await file.writeFile(Buffer.concat([Buffer.from(`${lengths}\n`), before, after]));
      await file.sync();
    },
  );
}

/** Overwrites the file by its inode. Rejects with FileFailed where it does not hold the old text any more. */
export async function overwrite(path: string, { before, after }: Overwrite): Promise<void> {
  await withFile(path, constants.O_RDWR, async (file) => {
    if (!(await file.readFile()).equals(before)) {
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
  const texts = readRecord(await readFile(record));
  if (texts !== undefined) {
    await withFile(path, constants.O_RDWR, async (file) => {
      if (isTorn(await file.readFile(), texts)) await writeWhole(file, texts.before);
    });
  }
  await unlink(record);
}

/** True for the beginning of the new bytes with the rest of the old ones behind it, and neither of them whole. */
export function isTorn(bytes: Buffer, { before, after }: Overwrite): boolean {
  if (bytes.equals(before) || bytes.equals(after)) return false;
  const begun = commonLength(bytes, after);
  if (bytes.length > before.length && bytes.length === begun) return true;
  return bytes.length === before.length && bytes.subarray(begun).equals(before.subarray(begun));
}

function commonLength(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length + block <= most && isSameBlock(a, b, length)) length += block;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

function isSameBlock(a: Buffer, b: Buffer, at: number): boolean {
  return a.subarray(at, at + block).equals(b.subarray(at, at + block));
}

/** Lengths of both in a line of JSON, then both. One that was itself cut short is of an overwriting that had not begun. */
function readRecord(record: Buffer): Overwrite | undefined {
  const begin = record.indexOf('\n') + 1;
  const lengths = lengthsIn(record.toString('utf8', 0, begin));
  if (lengths === undefined || record.length !== begin + lengths.before + lengths.after) {
    return undefined;
  }
  const middle = begin + lengths.before;
  return { before: record.subarray(begin, middle), after: record.subarray(middle) };
}

function lengthsIn(line: string): { before: number; after: number } | undefined {
  try {
    const { before, after } = JSON.parse(line) as { before?: unknown; after?: unknown };
    return typeof before === 'number' && typeof after === 'number' ? { before, after } : undefined;
  } catch {
    return undefined;
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
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
