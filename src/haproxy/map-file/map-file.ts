import { readFile, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Held } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import { FileFailed, UnsafeArgument } from '../errors.ts';
import { heldOf, type SideBackends } from '../held.ts';
import { holdingFile } from '../locks.ts';
import { replaceFile } from '../replace-file.ts';
import type { Failpoint } from '../runtime-api.ts';
import { valuesOf, withLine, withValue } from './map-text.ts';

/** One key of one map file on disk. */
export interface MapFileKey {
  /** `file:///path` */
  readonly file: string;
  readonly key: string;
  readonly backends: SideBackends;
}

/** What the node's next worker will find for the key. Never rejects: a file that cannot be read is an answer. */
export async function readMapFile({ file, key, backends }: MapFileKey): Promise<Held> {
  try {
    return heldOf(valuesOf(await readFile(pathOf(file), 'latin1'), key), backends);
  } catch (error) {
    return { kind: 'unreadable', why: wordsOf(error) };
  }
}

/**
 * Makes the key's line in the file name a side, and reads it back; a missing key gets a line at the end.
 * A link is followed, and its target replaced. Rejects with FileFailed.
 */
export async function writeMapFile(
  { file, key, backends }: MapFileKey,
  to: Side,
  failpoint?: Failpoint,
): Promise<void> {
  await writeMapValue({ file, key }, backends[to], failpoint);
}

/** The same with any value. */
export async function writeMapValue(
  { file, key }: Pick<MapFileKey, 'file' | 'key'>,
  value: string,
  failpoint: Failpoint = () => {},
): Promise<void> {
  const named = pathOf(file);
  try {
    const path = await realpath(named);
    await holdingFile(path, async () => {
      if (!(await stat(path)).isFile()) throw new FileFailed(named, 'is no regular file.');
      const before = await readFile(path, 'latin1');
      const after = changed(before, { named, key, value });
      await replaceFile({ path, before, after }, failpoint);
    });
  } catch (error) {
    if (error instanceof FileFailed) throw error;
    throw new FileFailed(named, `could not be replaced: ${wordsOf(error)}`, error);
  }
}

function changed(
  text: string,
  { named, key, value }: { named: string; key: string; value: string },
): string {
  if (/^$|^#|[\s]/.test(key) || /^$|[\s]/.test(value)) {
    throw new UnsafeArgument(`"${key} ${value}" cannot stand as one line of a map file.`);
  }
  const values = valuesOf(text, key);
  switch (values.length) {
    case 0:
      return withLine(text, key, value);
    case 1:
      return withValue(text, key, value);
    default:
      throw new FileFailed(
        named,
        `names the key ${key} ${values.length} times (${values.join(', ')}), so nothing was written: leave one line of them and try again.`,
      );
  }
}

function pathOf(file: string): string {
  return fileURLToPath(file);
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
