import { readFile, stat } from 'node:fs/promises';
import { valuesOf } from './map-text.ts';

/** A file's content cannot change without one of these changing, as long as its clock ticks in between. */
type Stamp = string;

/** What was found in a file as it was at one stamp. */
interface Known {
  readonly stamp: Stamp;
  /** When the stamp was seen first, and when the file was last read with it; monotonic milliseconds. */
  readonly since: number;
  readonly readAt: number;
  readonly values: Map<string, readonly string[]>;
}

/** A file's whole content. */
type ReadBytes = (path: string) => Promise<Buffer>;

/** By path. As many as the configuration names. */
const known = new Map<string, Known>();
/** Files being read this moment: several keys of one file are searched for in one reading. */
const underWay = new Map<string, { readonly at: number; readonly bytes: Promise<Buffer> }>();

/** Clocks of files tick some milliseconds to a second apart: what was read sooner may change under the same stamp. */
const longestTickMs = 2000;

/**
 * The values that stand for a key in a file, in its order. A large file is read again only when its stamp says that it
 * may have changed. Rejects where it cannot be read.
 */
export async function valuesOnDisk(
  path: string,
  key: string,
  read: ReadBytes = readFile,
): Promise<readonly string[]> {
  const stamp = await stampOf(path);
  const before = known.get(path);
  const same = before?.stamp === stamp ? before : undefined;
  const values = same === undefined || !isSettled(same) ? undefined : same.values.get(key);
  if (values !== undefined) return values;
  const { at: readAt, bytes } = readOnce(path, stamp, read);
  const found = await valuesOf(await bytes, key);
  if ((await stampOf(path)) !== stamp) return found;
  const since = same?.since ?? readAt;
  const kept = same !== undefined && isSettled(same) ? same.values : new Map();
  known.set(path, { stamp, since, readAt, values: kept.set(key, found) });
  return found;
}

/** True where it was read so late that a change since then would have another stamp. */
function isSettled({ since, readAt }: Known): boolean {
  return readAt - since >= longestTickMs;
}

async function stampOf(path: string): Promise<Stamp> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

function readOnce(path: string, stamp: Stamp, read: ReadBytes) {
  const id = `${path} ${stamp}`;
  const same = underWay.get(id);
  if (same !== undefined) return same;
  const bytes = read(path).finally(() => underWay.delete(id));
  const reading = { at: performance.now(), bytes };
  underWay.set(id, reading);
  return reading;
}
