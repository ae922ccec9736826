import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serversTarget, statesOn } from '../../engine/servers/a-shop.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { committedIn } from '../kills/journal-at.ts';
import { type Played, playApart, record } from '../kills/play-apart.ts';
import { type Held, judgeKilled, judgeRest, whyUnfoundedLine } from './judge-servers.ts';
import { atRest, openShop, type ServerOrder, type ServerPath } from './server-paths.ts';

/** Two real nodes with two servers, each node behind a witness; one play at a time. */
export class ServerLane {
  readonly #script: string;
  readonly #fleet: TestFleet;
  readonly #proxies: readonly FaultProxy[];
  readonly #folders: string[] = [];
  #watched = '';
  #violations: string[] = [];
  /** As far as the witness saw them set: a line is judged before it is carried out. */
  #states: Record<string, Record<string, string>> = {};

  private constructor(script: string, fleet: TestFleet, proxies: readonly FaultProxy[]) {
    this.#script = script;
    this.#fleet = fleet;
    this.#proxies = proxies;
    for (const [i, proxy] of proxies.entries()) {
      const node = fleet.node(i).name;
      proxy.onLine = (line) => this.#testify(node, line);
    }
  }

  static async open(script: string): Promise<ServerLane> {
    const fleet = await aFleet().withNodes(2).withServers(2).start();
    const proxies = await Promise.all(
      fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
    );
    return new ServerLane(script, fleet, proxies);
  }

  /** Every server ready, an empty journal. */
  async fresh(path: ServerPath): Promise<ServerOrder> {
    for (const node of this.#fleet.nodes) {
      await node.ask(
        'set server backend_blue/b1 state ready;set server backend_blue/b2 state ready',
      );
    }
    this.#states = Object.fromEntries(
      this.#fleet.nodes.map(({ name }) => [name, { b1: 'ready', b2: 'ready' }]),
    );
    const folder = mkdtempSync(join(tmpdir(), 'pm-kill-'));
    this.#folders.push(folder);
    const target = serversTarget(this.#fleet);
    const nodes = target.nodes.map((node, i) => ({
      ...node,
      runtime: this.#proxies[i]?.address ?? node.runtime,
    }));
    this.#watched = folder;
    this.#violations = [];
    return { folder, path, target: { ...target, nodes } };
  }

  record(order: ServerOrder): Promise<readonly string[]> {
    return record(this.#script, order);
  }

  /** Plays until the n-th hit and gives what was violated up to there. */
  async killAt(
    order: ServerOrder,
    hit: number,
  ): Promise<{ readonly played: Played; readonly violations: readonly string[] }> {
    const played = await playApart(this.#script, order, `kill:${hit}`);
    const killed = judgeKilled(order.folder, await this.#held());
    return { played, violations: [...this.#violations.splice(0), ...killed] };
  }

  /** Starts again, waits until nothing is under way, and gives what is violated. */
  async judgeRestart(order: ServerOrder): Promise<readonly string[]> {
    const bench = openShop(order);
    try {
      await atRest(bench);
      const rest = judgeRest(order.folder, await this.#held(), bench.store.openReleases());
      return [...this.#violations.splice(0), ...rest];
    } catch (error) {
      return [`no rest: ${String(error)} ${bench.complaints.join('; ')}`];
    } finally {
      await bench.close();
    }
  }

  tidy(): void {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }

  async end(): Promise<void> {
    this.tidy();
    await Promise.all(this.#proxies.map((proxy) => proxy.end()));
    await this.#fleet.end();
  }

  #held(): Promise<Held> {
    return Promise.all(
      this.#fleet.nodes.map(async (node) => ({ node: node.name, states: await statesOn(node) })),
    );
  }

  #testify(node: string, line: string): void {
    if (!line.includes('set server')) return;
    const states = this.#states[node] ?? {};
    const { rows } = committedIn(this.#watched);
    this.#violations.push(...whyUnfoundedLine(node, line, rows, states));
    for (const [, server = '', state = ''] of line.matchAll(
      /set server \S+\/([^\s;]+) state ([a-z]+)/g,
    )) {
      states[server] = state;
    }
  }
}
