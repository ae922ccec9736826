import { readFile, realpath, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Held } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import { FileFailed, systemWords, UnsafeArgument } from '../errors.ts';
import type { FileWrite } from '../files/inspect-file.ts';
import { heldOf, type SideBackends } from '../held.ts';
import { holdingFile } from '../locks.ts';
import { clearLeftovers, type Replacement, replaceFile, stageFile } from '../replace-file.ts';
import type { Failpoint } from '../runtime-api.ts';
import { valuesOf, withLine, withValue } from './map-text.ts';

/** One key of one map file on disk. */
export interface MapFileKey {
  /** `file:///path` */
  readonly file: string;
  readonly key: string;
  readonly backends: SideBackends;
  readonly write?: FileWrite | undefined;
  /** The real path of the file as it was planned; absent: wherever it leads now. */
  readonly leadsTo?: string | undefined;
}

interface MapLine extends Omit<MapFileKey, 'backends'> {
  readonly value: string;
}

/** What the node's next worker will find for the key. Never rejects: a file that cannot be read is an answer. */
export async function readMapFile({ file, key, backends }: MapFileKey): Promise<Held> {
  try {
    return heldOf(valuesOf(await readFile(pathOf(file), 'latin1'), key), backends);
  } catch (error) {
    return { kind: 'unreadable', why: systemWords(error) };
  }
}

/**
 * Makes the key's line in the file name a side, and reads it back; a missing key gets a line at the end.
 * A link is followed, and its target replaced. Rejects with FileFailed.
 */
export async function writeMapFile(
  { backends, ...line }: MapFileKey,
  to: Side,
  failpoint?: Failpoint,
): Promise<void> {
  await writeMapValue(line, backends[to], failpoint);
}

/** The same with any value. */
export async function writeMapValue(
  { file, key, write, leadsTo }: Omit<MapFileKey, 'backends'>,
  value: string,
  failpoint: Failpoint = () => {},
): Promise<void> {
  await withReplacement({ file, key, value, write, leadsTo }, (change) =>
    replaceFile(change, failpoint),
  );
}

/** Puts the text that `writeMapFile` would write beside the file, whole, and takes it away again. Rejects with FileFailed. */
export async function tryMapFile({ backends, ...line }: MapFileKey, to: Side): Promise<void> {
  await withReplacement({ write: 'replace', ...line, value: backends[to] }, async (change) => {
    const staged = await stageFile(change, () => {});
    await staged.discard();
  });
}

async function withReplacement(
  { file, key, value, write = 'replace', leadsTo }: MapLine,
  use: (change: Replacement) => Promise<void>,
): Promise<void> {
  const named = pathOf(file);
  try {
    const path = await realpath(named);
    if (leadsTo !== undefined && path !== leadsTo) throw moved(named, path, leadsTo);
    await holdingFile(path, async () => {
      if (!(await stat(path)).isFile()) throw new FileFailed(named, 'is no regular file.');
      await clearLeftovers(path);
      const before = await readFile(path, 'latin1');
      await use({ path, before, after: changed(before, { named, key, value }), write });
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
