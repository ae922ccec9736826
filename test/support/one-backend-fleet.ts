import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByHealthTarget } from '../../src/haproxy/routes/sessions/health/by-health-target.ts';
import type { ByServersTarget } from '../../src/haproxy/routes/sessions/servers/by-servers-target.ts';
import { backendName, type Side, serverName, sides } from '../../src/release/vocabulary.ts';
import { Application } from './application.ts';
import { freePort } from './free-port.ts';
import type { Applications } from './haproxy.ts';
import { HaproxyNode } from './haproxy-node.ts';
import { guardFolder, isGone } from './watchdog.ts';

export interface OneBackendSetup {
  /** How many HAProxies, lb-1, lb-2, ...; 1. */
  readonly nodes?: number;
  /** How many servers per side; 2. */
  readonly servers?: number;
  /** Further lines of the backend. */
  readonly backend?: readonly string[];
  /** True: the green servers are `disabled` in haproxy.cfg, so that a reload falls back to blue. */
  readonly greenDisabled?: boolean;
  /** True: the green applications are switched off by their own switch, before HAProxy starts. */
  readonly greenOff?: boolean;
  /** Parameters of every server line; a check every 50 ms. */
  readonly server?: string;
  /** HAProxy; that of the PATH. */
  readonly binary?: string;
}

/**
 * Real HAProxies whose backend `app` has both sides' servers b1.. and g1.., with the cookie SRV. `/?side=green` asks for
 * a side explicitly.
 */
export async function aBackend(setup: OneBackendSetup = {}): Promise<OneBackendFleet> {
  const { servers = 2, nodes: count = 1 } = setup;
  const start = (side: Side) =>
    Promise.all(
      Array.from({ length: servers }, (_, i) =>
        Application.start(side, `${side.slice(0, 1)}${i + 1}`),
      ),
    );
  const applications = { blue: await start('blue'), green: await start('green') };
  if (setup.greenOff) for (const application of applications.green) application.isOn = false;
  const folder = mkdtempSync(join(tmpdir(), 'pm-'));
  guardFolder(folder);
  const nodes: HaproxyNode[] = [];
  const fleet = new OneBackendFleet(folder, nodes, applications);
  try {
    for (let i = 1; i <= count; i += 1) {
      const node = await nodeOf(`lb-${i}`, folder, applications, setup);
      nodes.push(node);
      await node.start();
    }
    return fleet;
  } catch (error) {
    await fleet.end();
    throw error;
  }
}

async function nodeOf(
  name: string,
  root: string,
  applications: Applications,
  setup: OneBackendSetup,
): Promise<HaproxyNode> {
  const folder = join(root, name);
  const port = await freePort();
  const runtime = `unix://${join(folder, 'admin.sock')}`;
  const config = configOf({ folder, port, applications, setup });
  const { binary = 'haproxy' } = setup;
  return new HaproxyNode({
    name,
    folder,
    runtime,
    port,
    config,
    map: '',
    masterWorker: true,
    binary,
  });
}

interface Parts {
  readonly folder: string;
  readonly port: number;
  readonly applications: Applications;
  readonly setup: OneBackendSetup;
}

function configOf({ folder, port, applications, setup }: Parts): string {
  const { backend = [], greenDisabled = true } = setup;
  const { server = 'check inter 50ms fastinter 25ms rise 2 fall 2' } = setup;
  const lines = sides.flatMap((side) =>
    applications[side].map(({ name, port: at }) => {
      const off = side === 'green' && greenDisabled ? ' disabled' : '';
      return `server ${name} 127.0.0.1:${at} cookie ${name} ${server}${off}`;
    }),
  );
  // `use-server` alone sets no cookie: the user would be somewhere else with the next request.
  const asked = [
    'http-request set-var(txn.side) url_param(side)',
    'http-after-response add-header Set-Cookie "SRV=%[srv_name]; path=/" if { var(txn.side) -m found }',
    ...sides.flatMap((side) =>
      applications[side].map(
        ({ name }) => `use-server ${name} if { var(txn.side) -m str ${side} }`,
      ),
    ),
  ];
  return `global
    nbthread 2
    maxconn 2000
    stats socket ${folder}/admin.sock mode 600 level admin

defaults
    mode http
    timeout connect 2s
    timeout check 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 10m

frontend www
    bind 127.0.0.1:${port}
    default_backend app

backend app
    balance roundrobin
    option httpchk GET /healthz
    cookie SRV insert indirect nocache
${[...backend, ...asked, ...lines].map((line) => `    ${line}\n`).join('')}`;
}

/** Who answered a visit, and the cookie that was set with it. */
export interface Visit {
  /** `g1`; the status where no server answered. */
  readonly server: string;
  readonly cookie: string | undefined;
}

/** Running HAProxies with one backend, and the applications behind it. */
export class OneBackendFleet {
  readonly folder: string;
  readonly nodes: readonly HaproxyNode[];
  readonly applications: Applications;

  constructor(folder: string, nodes: readonly HaproxyNode[], applications: Applications) {
    this.folder = folder;
    this.nodes = nodes;
    this.applications = applications;
  }

  node(index = 0): HaproxyNode {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`This fleet has no node ${index}.`);
    return node;
  }

  application(side: Side, index = 0): Application {
    const application = this.applications[side][index];
    if (application === undefined) throw new Error(`No application ${index} on ${side}.`);
    return application;
  }

  /** The target of a plan over this whole fleet, by servers. */
  target(more: Partial<ByServersTarget> = {}): ByServersTarget {
    const names = (side: Side) => this.applications[side].map(({ name }) => name);
    return {
      kind: 'sessions',
      by: 'servers',
      backend: backendName('app'),
      servers: { blue: names('blue').map(serverName), green: names('green').map(serverName) },
      sides: { blue: names('blue').join(', '), green: names('green').join(', ') },
      traits: { disk: 'none', sessionsStayMs: 1_800_000 },
      nodes: this.nodes.map(({ target }) => ({
        node: target.node,
        runtime: target.runtime,
        frontend: target.frontend,
      })),
      ...more,
    };
  }

  /** The same by health: each application is told by its own switch. */
  healthTarget(more: Partial<ByHealthTarget> = {}): ByHealthTarget {
    const { by: _, nodes, ...common } = this.target();
    const switches = (side: Side) =>
      this.applications[side].map(({ name, port }) => {
        const own = `http://127.0.0.1:${port}/switch`;
        return { server: serverName(name), enable: `${own}/on`, disable: `${own}/off`, state: own };
      });
    return {
      ...common,
      by: 'health',
      applications: { blue: switches('blue'), green: switches('green') },
      withinMs: 5_000,
      nodes: nodes.map((node, i) => ({ ...node, configFile: `file://${this.node(i).configFile}` })),
      ...more,
    };
  }

  /** One GET through a node's frontend on a connection of its own, with this `SRV` cookie. */
  async visit(cookie?: string, path = '/', index = 0): Promise<Visit> {
    const response = await fetch(new URL(path, this.node(index).frontend), {
      headers: { connection: 'close', ...(cookie && { cookie: `SRV=${cookie}` }) },
    });
    const text = await response.text();
    const set = /SRV=([^;]*)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
    return { server: /server=(\S+)/.exec(text)?.[1] ?? String(response.status), cookie: set };
  }

  /** The servers that answer so many visits, each once, sorted. */
  async answering(visits: number, cookie?: string, index = 0): Promise<readonly string[]> {
    const seen = new Set<string>();
    for (let i = 0; i < visits; i += 1) seen.add((await this.visit(cookie, '/', index)).server);
    return [...seen].sort();
  }

  /** Status and what a hand set, per server: `g1 DRAIN drain`. */
  async states(index = 0): Promise<readonly string[]> {
    const node = this.node(index);
    const stat = await node.ask('show stat app 4 -1');
    const state = await node.ask('show servers state app');
    return stat
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const row = line.split(',');
        if (row[1] === undefined) return [];
        const admin = Number(new RegExp(` ${row[1]} \\S+ \\d (\\d+) `).exec(state)?.[1]);
        return [`${row[1]} ${row[17]} ${admin & 1 ? 'maint' : admin & 8 ? 'drain' : 'ready'}`];
      });
  }

  /** Ends every process, closes the applications, removes the folder. */
  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.end()));
    await Promise.all(sides.flatMap((side) => this.applications[side].map((app) => app.end())));
    rmSync(this.folder, { recursive: true, force: true });
    isGone(this.folder);
  }
}
