import { spawn } from 'node:child_process';
import { Deadline } from '../../timing/deadline.ts';
import { reasonIn } from '../log-words.ts';

/** What HAProxy says of a configuration before it is used. */
export type ConfigCheck =
  | { readonly kind: 'valid' }
  /** `why` is a sentence's end. */
  | { readonly kind: 'invalid'; readonly why: string };

/** Placeholder for the path of the configuration to check. */
export const fileMark = '{file}';

/** Where Debian, Red Hat and a `make install` put the binary. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Certificates and large maps are loaded by a check, too. */
const longestMs = 60_000;
const longestOutput = 64 * 1024;

/**
 * Runs the check command on a file. No shell, nothing of this program's environment; its whole process group is ended
 * when it takes longer than `timeoutMs`. Never rejects: a command that cannot be run is no valid configuration.
 */
export function checkConfig(
  command: readonly string[],
  file: string,
  timeoutMs = longestMs,
): Promise<ConfigCheck> {
  const [program = '', ...args] = command.map((word) => word.replaceAll(fileMark, file));
  const child = spawn(program, args, {
    env: { PATH: path },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    if (output.length < longestOutput) output += chunk.toString('latin1');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    const deadline = new Deadline(timeoutMs, () => {
      endGroup(child.pid);
      resolve(invalid(`${command.join(' ')} took longer than ${timeoutMs} ms`));
    });
    const done = (check: ConfigCheck) => {
      deadline.cancel();
      resolve(check);
    };
    child.once('error', (error) => done(invalid(`${program} cannot be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) done({ kind: 'valid' });
      else done(invalid(reasonIn(output) || `it ended with ${signal ?? code}`));
    });
  });
}

function invalid(why: string): ConfigCheck {
  return { kind: 'invalid', why: why.slice(0, 1000) };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
