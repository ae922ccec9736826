import { constants, type Stats } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReachedNode } from '../../release/reading.ts';
import { systemWords } from '../errors.ts';
import { mountsOfFile } from './mounted-files.ts';

/**
 * How a node's file takes a new text. `replace`: a new file takes its place by a rename, so that at any moment it is whole.
 * `in_place`: the file stays the same inode, for those who have it mounted by itself or by a hard link.
 */
export type FileWrite = 'replace' | 'in_place';

/** What a reading says of a node's file. */
export type InspectedFile = Pick<ReachedNode, 'diskFile' | 'diskObstacle'>;

/** Looks whether a node's file, `file:///path`, could be written. Looks only; `tryWrite` of its route tries. */
export async function inspectFile(
  file: string,
  write: FileWrite = 'replace',
): Promise<InspectedFile> {
  try {
    const named = fileURLToPath(file);
    const path = await realpath(named);
    const diskObstacle = await firstOf([
      () => folderObstacle(path),
      () => (write === 'in_place' ? inPlaceObstacle(path) : replaceObstacle(path)),
      () => mountObstacle(path, write),
    ]);
    return {
      ...(path === named ? {} : { diskFile: path }),
      ...(diskObstacle === undefined ? {} : { diskObstacle }),
    };
  } catch (error) {
    return { diskObstacle: systemWords(error) };
  }
}

const keepsInode = "or keep the file's inode with `file_write: in_place` at this node";

/** Both ways put a file into the folder for a moment. */
async function folderObstacle(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  await access(folder, constants.W_OK | constants.X_OK);
  const file = await stat(path);
  return file.isFile() ? undefined : `${path} is no regular file`;
}

async function inPlaceObstacle(path: string): Promise<string | undefined> {
  await access(path, constants.R_OK | constants.W_OK);
  return undefined;
}

async function replaceObstacle(path: string): Promise<string | undefined> {
  const [file, folder] = await Promise.all([stat(path), stat(dirname(path))]);
  return (
    (await immutableObstacle(path)) ??
    linkObstacle(path, file) ??
    ownerObstacle(path, file) ??
    groupObstacle(path, file, folder)
  );
}

/** `chattr +i` and `+a`: nobody may rename over it, root included. A mode without `w` keeps nobody from that. */
async function immutableObstacle(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
      ? `${path} is marked as not to be changed: take the mark off (\`chattr -i -a ${path}\`)`
      : undefined;
  }
}

function linkObstacle(path: string, { nlink }: Stats): string | undefined {
  return nlink > 1
    ? `${path} has ${nlink} names (hard links), and HAProxy may read it by another one, which would keep the old text: leave one name, ${keepsInode}`
    : undefined;
}

function ownerObstacle(path: string, { uid }: Stats): string | undefined {
  const self = process.geteuid?.() ?? 0;
  return self === 0 || self === uid
    ? undefined
    : `${path} belongs to user ${uid}, Pointsman runs as user ${self} and cannot hand a new file over to it: make the file its own (\`chown\`)`;
}

function groupObstacle(path: string, { gid }: Stats, folder: Stats): string | undefined {
  const self = process.geteuid?.() ?? 0;
  const isMember = gid === process.getegid?.() || (process.getgroups?.() ?? []).includes(gid);
  const isInherited = (folder.mode & 0o2000) !== 0 && folder.gid === gid;
  return self === 0 || isMember || isInherited
    ? undefined
    : `${path} belongs to group ${gid}, of which user ${self} is no member, so Pointsman cannot hand a new file over to it: add it to the group, or change the file's group (\`chgrp\`)`;
}

async function mountObstacle(path: string, write: FileWrite): Promise<string | undefined> {
  const mounts = await mountsOfFile(path);
  const stale = mounts.find(({ isStale }) => isStale);
  if (stale !== undefined) {
    return `${stale.holder} still has the file that stood at ${path} before, mounted by itself at ${stale.at}: start it again, with the folder mounted instead of the file`;
  }
  const [mount] = write === 'in_place' ? [] : mounts;
  return mount === undefined
    ? undefined
    : `${path} is mounted by itself for ${mount.holder}, at ${mount.at}, and a new file in its place would never arrive there: mount its folder instead, ${keepsInode}`;
}

async function firstOf(
  looks: readonly (() => Promise<string | undefined>)[],
): Promise<string | undefined> {
  for (const look of looks) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}
