import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileFailed } from './errors.ts';
import type { Failpoint } from './runtime-api.ts';

const mark = '.pointsman-';

/** Temporary files that this process is going to use; what stands in a folder beside them was left by a crash. */
const inUse = new Set<string>();

/** What stands at `path` now, and what shall stand there. Bytes as latin1. */
export interface Replacement {
  /** A regular file, no link. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A new text on disk, beside the file whose place it may take. One of the two is called, once. */
export interface StagedFile {
  /** Path of the temporary file. */
  readonly temporary: string;
  /** Rename and fsync of the folder. Rejects where the old text is not there any more; then nothing is left. */
  takePlace(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Replaces a file whole: temporary file beside it, fsync, rename, fsync of the folder. Mode and owner stay.
 * At any moment the path holds all of the old or all of the new. On failure nothing is left in the folder; what a
 * crash left of an earlier write is removed first.
 */
export async function replaceFile(change: Replacement, failpoint: Failpoint): Promise<void> {
  if (change.before !== change.after) {
    const staged = await stageFile(change, failpoint);
    return staged.takePlace();
  }
  await removeLeftovers(change.path);
  // An earlier rename may not have reached the disk yet.
  await settle(change);
}

/** The first half of a replacement: the new text on disk, with the old file's mode and owner. */
export async function stageFile(change: Replacement, failpoint: Failpoint): Promise<StagedFile> {
  const { path, after } = change;
  await removeLeftovers(path);
  const temporary = join(dirname(path), `.${basename(path)}${mark}${randomUUID()}`);
  const discard = () => unlink(temporary).finally(() => inUse.delete(temporary));
  inUse.add(temporary);
  try {
    await writeLike(path, temporary, after);
  } catch (error) {
    await discard().catch(() => {});
    throw error;
  }
  return { temporary, discard, takePlace: () => takePlace(change, temporary, failpoint) };
}

async function takePlace(
  change: Replacement,
  temporary: string,
  failpoint: Failpoint,
): Promise<void> {
  const { path, before } = change;
  try {
    failpoint('rename:before');
    await mustBe(path, before, 'was changed by somebody else meanwhile; nothing was written');
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    inUse.delete(temporary);
  }
  failpoint('rename:after');
  await settle(change);
}

/** File and folder are on the disk, and the file holds the new text. */
async function settle({ path, after }: Replacement): Promise<void> {
  const folder = dirname(path);
  await withFile(path, 'r', (file) => file.sync());
  await withFile(folder, 'r', (file) => file.sync());
  await mustBe(path, after, 'does not hold what was written to it');
}

async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const left = (await readdir(folder))
    .filter((name) => name.startsWith(`.${basename(path)}${mark}`))
    .map((name) => join(folder, name))
    .filter((temporary) => !inUse.has(temporary));
  for (const temporary of left) await unlink(temporary);
}

async function writeLike(model: string, path: string, text: string): Promise<void> {
  const { mode, uid, gid } = await withFile(model, 'r', (file) => file.stat());
  await withFile(path, 'wx', async (file) => {
    const own = await file.stat();
    if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
    await file.chmod(mode & 0o7777);
    await file.writeFile(text, 'latin1');
    await file.sync();
  });
}

async function mustBe(path: string, text: string, otherwise: string): Promise<void> {
  if ((await readFile(path, 'latin1')) !== text) throw new FileFailed(path, `${otherwise}.`);
}

async function withFile<T>(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, 0o600);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
