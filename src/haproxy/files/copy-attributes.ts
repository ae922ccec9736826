import { execFile } from 'node:child_process';
import { FileFailed } from '../errors.ts';

/** GNU cp: mode with its access control list, and extended attributes. Nothing else of Node's can read those. */
const copying = ['--attributes-only', '--no-target-directory', '--preserve=mode,xattr'];
const longestMs = 10_000;

/**
 * Gives a new file the mode, access control list and extended attributes of another one. Rejects with FileFailed where
 * they cannot be had. Where there is no GNU cp (Alpine's is another) a file keeps its mode only; docs say so.
 */
export async function copyAttributes(model: string, to: string): Promise<void> {
  const failure = await failureOf(['--', model, to]);
  if (failure === undefined || failure.isMissing) return;
  const words = failure.words.replaceAll(to, model);
  throw new FileFailed(
    model,
    `has attributes that a new file cannot get (${words}), so nothing was written.`,
  );
}

interface Failure {
  readonly isMissing: boolean;
  readonly words: string;
}

function failureOf(args: readonly string[]): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    execFile(
      'cp',
      [...copying, ...args],
      { timeout: longestMs, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } },
      (error, _, said) => {
        if (error === null) return resolve(undefined);
        const isMissing =
          error.code === 'ENOENT' || /unrecognized option|invalid option/.test(said);
        return resolve({ isMissing, words: said.trim().split('\n').at(-1) ?? error.message });
      },
    );
  });
}
