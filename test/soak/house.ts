import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Command, Reply } from '../../src/commands/command.ts';
import type { MapNodeTarget } from '../../src/haproxy/routes/map/map-target.ts';
import type { Question } from './house-process.ts';

export interface OpenRelease {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  /** Going back or being settled. */
  readonly turning: boolean;
}

/** What one process needs, measured when nothing is under way. */
export interface Footprint {
  readonly rss: number;
  readonly heap: number;
  readonly descriptors: number;
}

type Asked = Question extends infer Q ? (Q extends { id: number } ? Omit<Q, 'id'> : never) : never;

/** The house below Slack as a process that can be killed and started again. */
export class House {
  readonly #script: string;
  readonly #order: string;
  readonly #waiting = new Map<number, (answered: unknown) => void>();
  #child: ChildProcess | undefined;
  #questions = 0;

  constructor(script: string, folder: string, targets: readonly MapNodeTarget[]) {
    this.#script = script;
    this.#order = JSON.stringify({ folder, targets });
  }

  start(): void {
    const child = spawn(process.execPath, ['--expose-gc', this.#script, this.#order], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', ({ id, answered }: { id: number; answered: unknown }) => {
      this.#waiting.get(id)?.(answered);
      this.#waiting.delete(id);
    });
    this.#child = child;
  }

  /** SIGKILL, and a new start. What was being asked gets no answer. */
  async kill(): Promise<void> {
    const child = this.#running();
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
    for (const answer of this.#waiting.values()) answer(undefined);
    this.#waiting.clear();
    this.start();
  }

  async end(): Promise<void> {
    const child = this.#running();
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.disconnect();
    });
  }

  /** Undefined where the process was killed meanwhile. */
  ask(user: string, command: Command): Promise<Reply | undefined> {
    return this.#question({ kind: 'ask', user, command }) as Promise<Reply | undefined>;
  }

  open(): Promise<readonly OpenRelease[] | undefined> {
    return this.#question({ kind: 'open' }) as Promise<readonly OpenRelease[] | undefined>;
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

  #running(): ChildProcess {
    if (this.#child === undefined) throw new Error('The house was not started.');
    return this.#child;
  }
}
