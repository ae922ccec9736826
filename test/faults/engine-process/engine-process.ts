import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Command, Reply } from '../../../src/commands/command.ts';
import type { Release } from '../../../src/release/release.ts';
import type { EngineOrder } from './order.ts';
import type { Question } from './program.ts';

/** What one process needs, measured when nothing is under way. */
export interface Footprint {
  readonly rss: number;
  readonly heap: number;
  readonly descriptors: number;
}

type Asked = Question extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never;

/** Everything below Slack as a process that can be killed and started again. */
export class EngineProcess {
  readonly #script: string;
  readonly #order: string;
  readonly #waiting = new Map<number, (answered: unknown) => void>();
  #child: ChildProcess | undefined;
  #questions = 0;

  /** @param script `program.ts`, compiled. */
  constructor(script: string, order: EngineOrder) {
    this.#script = script;
    this.#order = JSON.stringify(order);
  }

  /** `failpoint`: as POINTSMAN_FP takes it. */
  start(failpoint?: string): void {
    const { POINTSMAN_FP: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--expose-gc', this.#script, this.#order], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...env,
        NODE_ENV: 'test',
        ...(failpoint === undefined ? {} : { POINTSMAN_FP: failpoint }),
      },
    });
    child.on('message', ({ id, answered }: { id: number; answered: unknown }) => {
      this.#waiting.get(id)?.(answered);
      this.#waiting.delete(id);
    });
    child.once('exit', () => this.#forget(child));
    this.#child = child;
  }

  /** SIGKILL. What was being asked gets no answer. */
  async kill(): Promise<void> {
    const child = this.#running();
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  }

  /** A clean stop; SIGKILL where that takes longer than a minute. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
      child.once('exit', () => {
        clearTimeout(limit);
        resolve();
      });
      if (child.connected) child.disconnect();
    });
  }

  /** Undefined where the process was killed meanwhile. */
  ask(user: string, command: Command): Promise<Reply | undefined> {
    return this.#question({ kind: 'ask', user, command }) as Promise<Reply | undefined>;
  }

  /** Undefined where the process was killed meanwhile. */
  open(): Promise<readonly Release[] | undefined> {
    return this.#question({ kind: 'open' }) as Promise<readonly Release[] | undefined>;
  }

  async footprint(): Promise<Footprint> {
    const heap = (await this.#question({ kind: 'heap' })) as number;
    const { pid } = this.#running();
    const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    return { rss: rss * 1024, heap, descriptors: readdirSync(`/proc/${pid}/fd`).length };
  }

  #question(asked: Asked): Promise<unknown> {
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#running().send({ ...asked, id }, (error) => {
        if (error !== null) resolve(undefined);
      });
    });
  }

  #forget(child: ChildProcess): void {
    if (this.#child !== child) return;
    for (const answer of this.#waiting.values()) answer(undefined);
    this.#waiting.clear();
  }

  #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('The engine was not started.');
    return this.#child;
  }
}
