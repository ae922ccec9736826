import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { compiled } from '../support/compiled.ts';
import { guardProcess, isGone } from '../support/watchdog.ts';

// Compiled before the first test begins, not in its time.
const program = compiled('src/main.ts');
const hands = pathToFileURL(compiled('test/bot/clock-hands.ts')).href;

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as people start it, in a process of its own. Only what `env` names is in its environment. */
export class BotProcess {
  /** Resolves when it is gone and all it wrote was read. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  stdout = '';
  stderr = '';

  /** `user`: whom it runs as, where not as the tests do. */
  constructor(
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
    user: Pick<SpawnOptions, 'uid' | 'gid'> = {},
  ) {
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(process.execPath, ['--import', hands, program, ...words], {
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME, NODE_ENV: 'test', TZ: 'UTC', ...env },
    });
    this.#child.stdout?.on('data', (text) => {
      this.stdout += String(text);
    });
    this.#child.stderr?.on('data', (text) => {
      this.stderr += String(text);
    });
    guardProcess(this.pid);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        isGone(this.pid);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The program could not be started.');
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.isRunning) this.#child.kill(signal);
  }
}

/** Runs one verb to its end. */
export function runVerb(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new BotProcess(words, env).ended;
}
