import { readFile, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Held } from '../../release/reading.ts';
import { FileFailed, systemWords, UnsafeArgument } from '../errors.ts';
import type { FileWrite } from '../files/inspect-file.ts';
import { heldOf, type SideWords } from '../held.ts';
import { holdingFile } from '../locks.ts';
import { heldByKeys } from '../maps/held-by-keys.ts';
import { clearLeftovers, type Replacement, replaceFile, stageFile } from '../replace-file.ts';
import type { MapEntry } from '../replies/show-map.ts';
import type { Failpoint } from '../runtime-api.ts';
import { valuesOnDisk } from './key-on-disk.ts';
import { valuesOf, withLine, withValue } from './map-text.ts';

/** One node's map file. */
export interface MapFile {
  /** `file:///path` */
  readonly file: string;
  readonly write?: FileWrite | undefined;
  /** The real path of the file as it was planned; absent: wherever it leads now. */
  readonly leadsTo?: string | undefined;
}

/** Keys of one map file that move together, and the words that name the sides there. */
export interface MapFileKeys extends MapFile {
  readonly keys: readonly string[];
  readonly words: SideWords;
}

/** What the node's next worker will find for the keys. Never rejects: a file that cannot be read is an answer. */
export async function readMapFile({ file, keys, words }: MapFileKeys): Promise<Held> {
  try {
    const path = pathOf(file);
    const held = keys.map(async (key) => ({
      key,
      held: heldOf(await valuesOnDisk(path, key), words),
    }));
    return heldByKeys(await Promise.all(held));
  } catch (error) {
    return { kind: 'unreadable', why: systemWords(error) };
  }
}

/**
 * Gives each key's line in the file its value, all in one replacement, and reads them back; a missing key gets a line at
 * the end. A link is followed, and its target replaced. Rejects with FileFailed.
 */
export async function writeMapFile(
  file: MapFile,
  entries: readonly MapEntry[],
  failpoint: Failpoint = () => {},
): Promise<void> {
  await withReplacement(file, entries, (change) => replaceFile(change, failpoint));
}

/** Puts the text that `writeMapFile` would write beside the file, whole, and takes it away again. Rejects with FileFailed. */
export async function tryMapFile(file: MapFile, entries: readonly MapEntry[]): Promise<void> {
  await withReplacement(file, entries, async (change) => {
    const staged = await stageFile(change, () => {});
    await staged.discard();
  });
}

async function withReplacement(
  { file, write = 'replace', leadsTo }: MapFile,
  entries: readonly MapEntry[],
  use: (change: Replacement) => Promise<void>,
): Promise<void> {
  const named = pathOf(file);
  try {
    const path = await realpath(named);
    if (leadsTo !== undefined && path !== leadsTo) throw moved(named, path, leadsTo);
    await holdingFile(path, async () => {
      if (!(await stat(path)).isFile()) throw new FileFailed(named, 'is no regular file.');
      await clearLeftovers(path);
      const before = await readFile(path);
      let after: Buffer = before;
      for (const entry of entries) after = await changed(after, named, entry);
      await use({ path, before, after, write });
    });
  } catch (error) {
    if (error instanceof FileFailed) throw error;
    throw new FileFailed(named, `could not be replaced: ${systemWords(error)}`, error);
  }
}

/** Another file than the one that the plan was made for is nothing that anybody approved. */
function moved(named: string, path: string, leadsTo: string): FileFailed {
  return new FileFailed(
    named,
    `leads to ${path} now, and led to ${leadsTo} when the release was planned, so nothing was written: put the link back, or settle the release.`,
  );
}

async function changed(bytes: Buffer, named: string, { key, value }: MapEntry): Promise<Buffer> {
  if (/^$|^#|[\s]/.test(key) || /^$|[\s]/.test(value)) {
    throw new UnsafeArgument(`"${key} ${value}" cannot stand as one line of a map file.`);
  }
  const values = await valuesOf(bytes, key);
  switch (values.length) {
    case 0:
      return withLine(bytes, key, value);
    case 1:
      return withValue(bytes, key, value);
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
