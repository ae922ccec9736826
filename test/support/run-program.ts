import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A TypeScript program of this repository in a process of its own, killed when the test ends. */
export class Program {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #ended: Promise<unknown>;

  /** `script`: as `compiled` names it. */
  constructor(script: string, args: readonly string[], wrapper: readonly string[] = []) {
    const line = [...wrapper, process.execPath, script, ...args];
    this.child = spawn(line[0] ?? '', line.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (text) => {
      this.stdout += String(text);
    });
    this.child.stderr?.on('data', (text) => {
      this.stderr += String(text);
    });
    this.#ended = once(this.child, 'close');
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Whole lines written so far. */
  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Resolves when it is gone and everything it wrote was read. */
  async ended(): Promise<void> {
    await this.#ended;
  }
}
