import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Where a database really stands, whatever links lead there: one file has one lock, one socket and one mirror beside
 * it. A file that is not there yet stands in its real folder; a path that leads nowhere stays as it is.
 */
export function realPlace(database: string): string {
  const path = resolve(database);
  return realPath(path) ?? placeOfMissing(path);
}

function placeOfMissing(path: string): string {
  // A link to a file that is still to be made: SQLite would make it at the link's end.
  const to = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    ? resolve(dirname(path), readlinkSync(path))
    : path;
  const folder = realPath(dirname(to));
  return folder === undefined ? to : join(folder, basename(to));
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
