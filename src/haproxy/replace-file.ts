import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileFailed } from './errors.ts';
import { copyAttributes } from './files/copy-attributes.ts';
import type { FileWrite } from './files/inspect-file.ts';
import { mendOverwritten, overwrite, recordOverwrite } from './files/write-in-place.ts';
import type { Failpoint } from './runtime-api.ts';

const mark = '.pointsman-';
const recordEnd = '.overwrite';

/** Temporary files that this process is going to use; what stands in a folder beside them was left by a crash. */
const inUse = new Set<string>();

/** What stands at `path` now, and what shall stand there. */
export interface Replacement {
  /** A regular file, no link. */
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  readonly write: FileWrite;
}

/** A new text on disk, beside the file whose place it may take. One of the two is called, once. */
export interface StagedFile {
  /** Path of the temporary file. */
  readonly temporary: string;
  /** Rename and fsync of the folder, or overwriting by the inode. Rejects where the old text is not there any more; then nothing is left. */
  takePlace(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Gives a file another text. `replace`: temporary file beside it, fsync, rename, fsync of the folder; mode, owner, access
 * control list and attributes stay, and at any moment the path holds all of the old or all of the new. `in_place`: the
 * inode stays, and a crash in the middle is mended by the next write. On failure nothing is left in the folder; what a
 * crash left of an earlier write is removed first.
 */
export async function replaceFile(change: Replacement, failpoint: Failpoint): Promise<void> {
  if (!change.before.equals(change.after)) {
    const staged = await stageFile(change, failpoint);
    return staged.takePlace();
  }
  await clearLeftovers(change.path);
  // An earlier rename may not have reached the disk yet.
  await settle(change);
}

/** The first half of a replacement: the new text on disk, with the old file's mode and owner. */
export async function stageFile(change: Replacement, failpoint: Failpoint): Promise<StagedFile> {
  const { path, after } = change;
  await clearLeftovers(path);
  const temporary = temporaryBeside(path);
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
    if (change.write === 'in_place') await overwriteBy(change, temporary);
    else await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    inUse.delete(temporary);
  }
  failpoint('rename:after');
  await settle(change);
}

/** The inode gets the new text. What is on its way stands in a record, so that a crash leaves nothing half for good. */
async function overwriteBy(change: Replacement, temporary: string): Promise<void> {
  const record = `${temporary}${recordEnd}`;
  inUse.add(record);
  try {
    await recordOverwrite(record, change);
    await syncFolder(change.path);
    await overwrite(change.path, change);
    await unlink(record);
    await unlink(temporary);
  } catch (error) {
    await mendOverwritten(change.path, record).catch(() => {});
    throw error;
  } finally {
    inUse.delete(record);
  }
}

/** File and folder are on the disk, and the file holds the new text. */
async function settle({ path, after }: Replacement): Promise<void> {
  await withFile(path, 'r', (file) => file.sync());
  await syncFolder(path);
  await mustBe(path, after, 'does not hold what was written to it');
}

/**
 * Removes what a crash left beside a file, and mends an overwriting that it cut short. To be called before the text that
 * is to be changed is read. Only who holds the file may call it.
 */
export async function clearLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const left = (await readdir(folder))
    .filter((name) => name.startsWith(`.${basename(path)}${mark}`))
    .map((name) => join(folder, name))
    .filter((temporary) => !inUse.has(temporary));
  for (const temporary of left) {
    if (temporary.endsWith(recordEnd)) await mendOverwritten(path, temporary);
    else await unlink(temporary);
  }
}

function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}${mark}${randomUUID()}`);
}

async function syncFolder(path: string): Promise<void> {
  await withFile(dirname(path), 'r', (folder) => folder.sync());
}

async function writeLike(model: string, path: string, bytes: Buffer): Promise<void> {
  const { mode, uid, gid } = await withFile(model, 'r', (file) => file.stat());
  await withFile(path, 'wx', async (file) => {
    const own = await file.stat();
    if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
    await file.chmod(mode & 0o7777);
    await file.writeFile(bytes);
    await copyAttributes(model, path);
    await file.sync();
  });
}

async function mustBe(path: string, bytes: Buffer, otherwise: string): Promise<void> {
  if (!(await readFile(path)).equals(bytes)) throw new FileFailed(path, `${otherwise}.`);
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
