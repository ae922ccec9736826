import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy } from '../fault-proxy.ts';
import { comeToRest } from './at-rest.ts';
import type { Ground } from './grounds/ground.ts';
import { committedIn } from './journal-at.ts';
import { judgeAsKilled, judgeAtRest } from './judge.ts';
import { judgeHooks } from './kill-hooks.ts';
import { type Order, openBench } from './paths.ts';
import { type Played, playApart, record } from './play-apart.ts';
import { whyUnfounded } from './witness.ts';

/** The world at one moment: the journal's folder copied, and how to put the nodes back. */
export interface Snapshot {
  readonly folder: string;
  /** The file in which hooks note that they ran, and what stood in it. */
  readonly hooks?: string;
  readonly ran: string;
  readonly putBack: () => Promise<void>;
}

/** Three nodes, each behind a witness; one play at a time. */
export class Lane {
  readonly #script: string;
  readonly #ground: Ground;
  readonly #proxies: readonly FaultProxy[];
  readonly #folders: string[] = [];
  #files = 0;
  #watched = '';
  #violations: string[] = [];

  private constructor(script: string, ground: Ground, proxies: readonly FaultProxy[]) {
    this.#script = script;
    this.#ground = ground;
    this.#proxies = proxies;
    for (const [i, proxy] of proxies.entries()) {
      const node = ground.names[i] ?? '';
      proxy.onLine = (line) => this.#testify(node, line);
    }
  }

  static async open(script: string, make: () => Promise<Ground>): Promise<Lane> {
    const ground = await make();
    const { folder, names, runtimes } = ground;
    const proxies = await Promise.all(
      runtimes.map((runtime, i) => new FaultProxy(folder, names[i] ?? '', runtime).start()),
    );
    return new Lane(script, ground, proxies);
  }

  /** The paths that make sense on this lane's ground. */
  get paths(): Ground['paths'] {
    return this.#ground.paths;
  }

  /** Every node on blue, an empty journal. */
  async fresh(path: Order['path']): Promise<Order> {
    await this.#ground.reset();
    const hooks = this.#ground.hooks === true ? this.#newFile() : undefined;
    return this.#order(this.#newFolder(), path, hooks);
  }

  record(order: Order): Promise<readonly string[]> {
    this.#watch(order);
    return record(this.#script, order);
  }

  /** Plays until the n-th hit and gives what was violated up to there. */
  async killAt(
    order: Order,
    hit: number,
  ): Promise<{ readonly played: Played; readonly violations: readonly string[] }> {
    this.#watch(order);
    const played = await playApart(this.#script, order, `kill:${hit}`);
    const killed = await judgeAsKilled(this.#ground, order.folder);
    return { played, violations: [...this.#violations, ...killed] };
  }

  /** Starts again, waits until nothing is under way, and gives what is violated. */
  async judgeRestart(order: Order): Promise<readonly string[]> {
    this.#watch(order);
    const before = committedIn(order.folder).rows.at(-1);
    const bench = openBench(order);
    try {
      await comeToRest(bench);
      const atRest = await judgeAtRest(
        this.#ground,
        order.folder,
        bench.store.openReleases(),
        before,
      );
      const hooks =
        order.hooks === undefined ? [] : judgeHooks(order.hooks, committedIn(order.folder).rows);
      return [...this.#violations, ...atRest, ...hooks];
    } catch (error) {
      return [`no rest: ${String(error)} ${bench.complaints.join('; ')}`];
    } finally {
      await bench.close();
    }
  }

  async snapshot({ folder, hooks }: Order): Promise<Snapshot> {
    const copy = this.#newFolder();
    cpSync(folder, copy, { recursive: true });
    const ran = hooks !== undefined && existsSync(hooks) ? readFileSync(hooks, 'utf8') : '';
    return {
      folder: copy,
      ran,
      ...(hooks === undefined ? {} : { hooks }),
      putBack: await this.#ground.save(),
    };
  }

  /** The world as it was, in a folder of its own. */
  async restore(snapshot: Snapshot): Promise<Order> {
    await snapshot.putBack();
    const folder = this.#newFolder();
    cpSync(snapshot.folder, folder, { recursive: true });
    if (snapshot.hooks !== undefined) writeFileSync(snapshot.hooks, snapshot.ran);
    return this.#order(folder, 'recover', snapshot.hooks);
  }

  /** Removes the folders of the plays so far. */
  tidy(): void {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    this.tidy();
    await Promise.all(this.#proxies.map((proxy) => proxy.end()));
    await this.#ground.end();
  }

  #order(folder: string, path: Order['path'], hooks: string | undefined): Order {
    const { knock } = this.#ground;
    const target = this.#ground.target(this.#proxies.map(({ address }) => address));
    return {
      folder,
      path,
      target,
      ...(hooks === undefined ? {} : { hooks }),
      ...(knock === undefined ? {} : { knock }),
    };
  }

  #watch({ folder }: Order): void {
    this.#watched = folder;
    this.#violations = [];
  }

  #testify(node: string, line: string): void {
    const meaning = this.#ground.meaningOf(line);
    if (meaning === undefined) return;
    const why = whyUnfounded({ node, line, meaning, rows: committedIn(this.#watched).rows });
    if (why !== undefined) this.#violations.push(why);
  }

  /** One of its own per play: a hook that outlives a kill must not write into another play's. */
  #newFile(): string {
    this.#files += 1;
    return join(this.#ground.folder, `ran-${this.#files}`);
  }

  #newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'pm-kill-'));
    this.#folders.push(folder);
    return folder;
  }
}
