import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Something is missing that only a person can bring; the message is for them. */
export class NotReady extends Error {}

/** A line on stderr, so that stdout stays with what runs afterwards. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs a program in the checkout without stdin and waits for it. `status` is null where it could not be started. */
export function run(program, args, { show = false, env = {} } = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    // Its stdout goes to our stderr, too.
    stdio: show ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return {
    status: result.error === undefined ? result.status : null,
    output: `${result.stdout ?? ''}${result.stderr ?? ''}`,
  };
}

/** What a program said, indented to stand below a sentence: its first and its last lines, where it said much. */
export function essence(output, count = 16) {
  const lines = output.trimEnd().split('\n');
  const half = count / 2;
  const kept =
    lines.length <= count ? lines : [...lines.slice(0, half), '...', ...lines.slice(-half)];
  return kept.map((line) => `    ${line}`).join('\n');
}
