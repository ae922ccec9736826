import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Why this process could not replace the file, in words; undefined where it can. Looks only: the folder must take a
 * new file, and the new file must be able to get the old one's owner.
 */
export async function whyNotReplaceable(file: string): Promise<string | undefined> {
  try {
    const path = await realpath(fileURLToPath(file));
    await access(dirname(path), constants.W_OK | constants.X_OK);
    const { uid } = await stat(path);
    const self = process.geteuid?.() ?? 0;
    if (self === 0 || self === uid) return undefined;
    return `${path} belongs to user ${uid}, Pointsman runs as user ${self} and cannot hand a new file over to it: make the file its own (\`chown\`)`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
