import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { FaultProxy, isWrite } from '../fault-proxy.ts';
import { comeToRest } from './at-rest.ts';
import { committedIn } from './journal-at.ts';
import { judgeAsKilled, judgeAtRest } from './judge.ts';
import { type Order, openBench } from './paths.ts';
import { type Played, playApart, record } from './play-apart.ts';
import { whyUnfounded } from './witness.ts';

/** The world at one moment: the journal's folder copied, and what every node holds. */
export interface Snapshot {
  readonly folder: string;
  readonly nodes: readonly { readonly memory: string; readonly disk: string }[];
}

/** Three nodes, each behind a witness; one play at a time. */
export class Lane {
  readonly #script: string;
  readonly #fleet: TestFleet;
  readonly #proxies: readonly FaultProxy[];
  readonly #folders: string[] = [];
  #watched = '';
  #violations: string[] = [];

  private constructor(script: string, fleet: TestFleet, proxies: readonly FaultProxy[]) {
    this.#script = script;
    this.#fleet = fleet;
    this.#proxies = proxies;
    for (const [i, proxy] of proxies.entries()) {
      const node = `lb-${i + 1}`;
      proxy.onLine = (line) => this.#testify(node, line);
    }
  }

  static async open(script: string): Promise<Lane> {
    const fleet = await aFleet().withNodes(3).start();
    const proxies = await Promise.all(
      fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
    );
    return new Lane(script, fleet, proxies);
  }

  /** Every node on blue, an empty journal. */
  async fresh(path: Order['path']): Promise<Order> {
    const blue = { memory: 'backend_blue', disk: 'active backend_blue\n' };
    await this.#setNodes(this.#fleet.nodes.map(() => blue));
    return this.#order(this.#newFolder(), path);
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
    const killed = await judgeAsKilled(this.#fleet, order.folder);
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
        this.#fleet,
        order.folder,
        bench.store.openReleases(),
        before,
      );
      return [...this.#violations, ...atRest];
    } catch (error) {
      return [`no rest: ${String(error)} ${bench.complaints.join('; ')}`];
    } finally {
      await bench.close();
    }
  }

  async snapshot({ folder }: Order): Promise<Snapshot> {
    const copy = this.#newFolder();
    cpSync(folder, copy, { recursive: true });
    const nodes = await Promise.all(
      this.#fleet.nodes.map(async (node) => ({
        memory: (await node.memory()) ?? '',
        disk: node.disk(),
      })),
    );
    return { folder: copy, nodes };
  }

  /** The world as it was, in a folder of its own. */
  async restore(snapshot: Snapshot): Promise<Order> {
    await this.#setNodes(snapshot.nodes);
    const folder = this.#newFolder();
    cpSync(snapshot.folder, folder, { recursive: true });
    return this.#order(folder, 'recover');
  }

  /** Removes the folders of the plays so far. */
  tidy(): void {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    this.tidy();
    await Promise.all(this.#proxies.map((proxy) => proxy.end()));
    await this.#fleet.end();
  }

  #order(folder: string, path: Order['path']): Order {
    const targets = this.#fleet.target().nodes.map((target, i) => ({
      ...target,
      runtime: this.#proxies[i]?.address ?? target.runtime,
    }));
    return { folder, path, targets, behind: this.#fleet.node(1).runtime };
  }

  #watch({ folder }: Order): void {
    this.#watched = folder;
    this.#violations = [];
  }

  #testify(node: string, line: string): void {
    if (!isWrite(line)) return;
    const why = whyUnfounded({ node, line, rows: committedIn(this.#watched).rows });
    if (why !== undefined) this.#violations.push(why);
  }

  async #setNodes(wanted: Snapshot['nodes']): Promise<void> {
    for (const [i, node] of this.#fleet.nodes.entries()) {
      const { memory = '', disk = '' } = wanted[i] ?? {};
      await node.ask(`set map ${node.mapFile} active ${memory}`);
      const folder = dirname(node.mapFile);
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      node.writeDisk(disk);
    }
  }

  #newFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'pm-kill-'));
    this.#folders.push(folder);
    return folder;
  }
}
