import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A node's haproxy.cfg as it stands on disk. */
export interface ConfigOnDisk {
  /** The regular file; links followed. */
  readonly path: string;
  /** latin1, so that every byte stays what it is. */
  readonly text: string;
  /** The second (since 1970) of its newest change: of content, owner or name, or of the link that leads to it. */
  readonly changedAt: number;
  /** Differs as soon as the file does, or is another one. */
  readonly stamp: string;
}

/** Reads a configuration, `file:///path`. Rejects where that cannot be done. */
export async function readConfig(file: string): Promise<ConfigOnDisk> {
  const named = fileURLToPath(file);
  const path = await realpath(named);
  const { changedAt, stamp } = await timesOf(named, path);
  return { path, changedAt, stamp, text: await readFile(path, 'latin1') };
}

async function timesOf(
  named: string,
  path: string,
): Promise<Pick<ConfigOnDisk, 'changedAt' | 'stamp'>> {
  const [link, target] = await Promise.all([
    lstat(named, { bigint: true }),
    stat(path, { bigint: true }),
  ]);
  if (!target.isFile()) throw new Error(`${path} is no regular file`);
  const times = [link.mtimeNs, link.ctimeNs, target.mtimeNs, target.ctimeNs];
  return {
    // A file that was copied with its old times, or moved here, shows in the change time only.
    changedAt: Math.max(...times.map((ns) => Number(ns / 1_000_000_000n))),
    stamp: [path, target.ino, target.size, ...times].join(' '),
  };
}
