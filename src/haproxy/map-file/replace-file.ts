import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MapFileFailed } from '../errors.ts';
import type { Failpoint } from '../runtime-api.ts';

const mark = '.pointsman-';

/** What stands at `path` now, and what shall stand there. Bytes as latin1. */
export interface Replacement {
  /** A regular file, no link. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Replaces a file whole: temporary file beside it, fsync, rename, fsync of the folder. Mode and owner stay.
 * At any moment the path holds all of the old or all of the new. On failure nothing is left in the folder; what a
 * crash left of an earlier write is removed first.
 */
export async function replaceFile(change: Replacement, failpoint: Failpoint): Promise<void> {
  const { path, before, after } = change;
  const folder = dirname(path);
  await removeLeftovers(path);
  if (before !== after) {
    const temporary = join(folder, `.${basename(path)}${mark}${randomUUID()}`);
    try {
      await writeLike(path, temporary, after);
      failpoint('rename:before');
      await mustBe(path, before, 'was changed by somebody else meanwhile; nothing was written');
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    failpoint('rename:after');
  }
  // Also where nothing had to be written: an earlier rename may not have reached the disk yet.
  await withFile(path, 'r', (file) => file.sync());
  await withFile(folder, 'r', (file) => file.sync());
  await mustBe(path, after, 'does not hold what was written to it');
}

/** Temporary files of a writer that died. Whoever writes holds the file, so none of them is in use. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const left = (await readdir(folder)).filter((name) =>
    name.startsWith(`.${basename(path)}${mark}`),
  );
  for (const name of left) await unlink(join(folder, name));
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
  if ((await readFile(path, 'latin1')) !== text) throw new MapFileFailed(path, `${otherwise}.`);
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
