import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Started, StartedApplications } from './application-process.ts';
import type { ApplicationSpec } from './services.ts';

/** All small applications, in a process of their own, so that load does not slow them down. */
export class Applications {
  readonly all: StartedApplications;
  /** Where a side is deployed to or stopped; see application-process.ts. */
  readonly control: number;
  readonly #process: ChildProcess;

  private constructor({ all, control }: Started, child: ChildProcess) {
    this.all = all;
    this.control = control;
    this.#process = child;
  }

  static async start(specs: readonly ApplicationSpec[]): Promise<Applications> {
    const program = fileURLToPath(new URL('application-process.ts', import.meta.url));
    const child = fork(program, [JSON.stringify(specs)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = await Promise.race([
      once(child, 'message').then(([message]) => message as Started),
      once(child, 'exit').then(([code]) => {
        throw new Error(`The small applications did not start (exit code ${code}).`);
      }),
    ]);
    return new Applications(started, child);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async end(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }
}
