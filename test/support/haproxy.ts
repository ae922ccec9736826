import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { type Side, sides } from '../../src/release/vocabulary.ts';
import { Application } from './application.ts';
import { freePort } from './free-port.ts';
import { haproxyConfig } from './haproxy-config.ts';
import { HaproxyNode } from './haproxy-node.ts';
import { twoBackends } from './two-backends.ts';
import { guardFolder, isGone } from './watchdog.ts';

/**
 * Starts real HAProxies for a test:
 *
 *     const fleet = await aFleet().withNodes(3).start();
 *     await fleet.node(0).ask('show info');          // byte-exact reply
 *     fleet.applications.green[0].failHealth();
 *     await fleet.node(1).reload();
 *     await fleet.end();                              // no process and no file is left
 *
 * Every node has frontend `www`, the map `maps/bluegreen.map` with key `active`, and the backends backend_blue and
 * backend_green (httpchk every 50 ms) with the servers b1.. and g1.., which all nodes share.
 */
export function aFleet(): FleetBuilder {
  return new FleetBuilder();
}

export class FleetBuilder {
  #nodes = 1;
  #servers = 1;
  #map = 'active backend_blue\n';
  #runtime: 'unix' | 'tcp' = 'unix';
  #masterWorker = true;
  #checks = true;
  #level = 'admin';
  #global: string[] = [];
  #sections: string[] = [];
  #server: string[] = [];
  #binary = 'haproxy';
  #frontend: string | undefined;
  #change = (config: string): string => config;

  /** How many HAProxies; their names are lb-1, lb-2, ... */
  withNodes(count: number): this {
    this.#nodes = count;
    return this;
  }

  /** How many servers (and applications) per side; 1. */
  withServers(count: number): this {
    this.#servers = count;
    return this;
  }

  /** The whole text of every node's map file; `active backend_blue\n`. */
  withMap(text: string): this {
    this.#map = text;
    return this;
  }

  /** Runtime API on 127.0.0.1 instead of a unix socket. */
  overTcp(): this {
    this.#runtime = 'tcp';
    return this;
  }

  /** One plain process per node instead of master and worker. */
  plain(): this {
    this.#masterWorker = false;
    return this;
  }

  /** Servers without health checks: their status is `no check`. */
  withoutChecks(): this {
    this.#checks = false;
    return this;
  }

  /** Level of the stats socket: admin, operator or user. */
  withLevel(level: string): this {
    this.#level = level;
    return this;
  }

  /** A further line of section `global`, e.g. `hard-stop-after 1s`. */
  withGlobal(line: string): this {
    this.#global.push(line);
    return this;
  }

  /** Further parameters of every server line, e.g. `maxconn 10`. */
  withServerOption(option: string): this {
    this.#server.push(option);
    return this;
  }

  /** Further sections of haproxy.cfg, as text. */
  withSection(text: string): this {
    this.#sections.push(text);
    return this;
  }

  /** The whole text of every node's haproxy.cfg, changed at last. */
  edited(change: (config: string) => string): this {
    this.#change = change;
    return this;
  }

  /** What frontend `www` has instead of the map's lines, e.g. `default_backend backend_blue`; `{map}` is the map's path. */
  withFrontend(text: string): this {
    this.#frontend = text;
    return this;
  }

  /** Another HAProxy than the `haproxy` of the PATH. */
  withBinary(path: string): this {
    this.#binary = path;
    return this;
  }

  /** Starts applications and nodes; resolves when every node answers and every server has been checked. */
  async start(): Promise<TestFleet> {
    const applications = { blue: await this.#start('blue'), green: await this.#start('green') };
    const root = mkdtempSync(join(tmpdir(), 'pm-'));
    guardFolder(root);
    const names = Array.from({ length: this.#nodes }, (_, i) => `lb-${i + 1}`);
    const started = await Promise.allSettled(
      names.map((name) => this.#startNode(root, name, applications)),
    );
    const nodes = started.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    const fleet = new TestFleet(root, nodes, applications);
    const failed = started.find((result) => result.status === 'rejected');
    if (failed === undefined) return fleet;
    await fleet.end();
    throw failed.reason;
  }

  /** Another program may take a port between the look and the bind: then once more, with other ports. */
  async #startNode(
    root: string,
    name: string,
    applications: Applications,
    attempts = 5,
  ): Promise<HaproxyNode> {
    const node = await this.#node(root, name, applications);
    try {
      await node.start();
      return node;
    } catch (error) {
      await node.end();
      if (attempts === 1 || !node.log.includes('Address already in use')) throw error;
      return this.#startNode(root, name, applications, attempts - 1);
    }
  }

  #start(side: Side): Promise<Application[]> {
    return Promise.all(
      Array.from({ length: this.#servers }, (_, i) =>
        Application.start(side, `${side.slice(0, 1)}${i + 1}`),
      ),
    );
  }

  async #node(root: string, name: string, applications: Applications): Promise<HaproxyNode> {
    const folder = join(root, name);
    const port = await freePort();
    const runtime =
      this.#runtime === 'unix'
        ? `unix://${join(folder, 'admin.sock')}`
        : `tcp://127.0.0.1:${await freePort()}`;
    const config = haproxyConfig({
      runtime,
      port,
      applications,
      mapFile: join(folder, 'maps', 'bluegreen.map'),
      level: this.#level,
      checks: this.#checks,
      global: this.#global,
      serverOptions: this.#server,
      sections: this.#sections,
      ...(this.#frontend === undefined ? {} : { frontend: this.#frontend }),
    });
    return new HaproxyNode({
      name,
      folder,
      runtime,
      port,
      config: this.#change(config),
      map: this.#map,
      masterWorker: this.#masterWorker,
      binary: this.#binary,
    });
  }
}

export type Applications = Readonly<Record<Side, readonly Application[]>>;

/** A running fleet and the applications behind it. */
export class TestFleet {
  readonly folder: string;
  readonly nodes: readonly HaproxyNode[];
  readonly applications: Applications;

  constructor(folder: string, nodes: readonly HaproxyNode[], applications: Applications) {
    this.folder = folder;
    this.nodes = nodes;
    this.applications = applications;
  }

  node(index: number): HaproxyNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`This fleet has no node ${index}.`);
    return node;
  }

  application(side: Side, index = 0): Application {
    const application = this.applications[side][index];
    if (application === undefined) throw new Error(`No application ${index} on ${side}.`);
    return application;
  }

  /** The target of a plan over this whole fleet. */
  target(key: string | readonly string[] = 'active'): MapTarget {
    return {
      kind: 'map',
      keys: typeof key === 'string' ? [key] : key,
      ...twoBackends,
      nodes: this.nodes.map(({ target }) => target),
    };
  }

  /** Ends every process, closes the applications, removes the folder. */
  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await Promise.all(sides.flatMap((side) => this.applications[side].map((app) => app.end())));
    rmSync(this.folder, { recursive: true, force: true });
    isGone(this.folder);
  }
}
