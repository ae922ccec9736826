import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asker, Command, Reply } from '../../src/commands/command.ts';
import { openDoor } from '../../src/commands/door.ts';
import type { Config, Service } from '../../src/config/config.ts';
import { DriftWatch } from '../../src/engine/drift-watch.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { Clock, Progress, Standing } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { makeRoute } from '../../src/haproxy/routes/make-route.ts';
import type { MapNodeTarget, MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { serversRoute } from '../../src/haproxy/routes/servers/servers-route.ts';
import { createHooks } from '../../src/hooks/run-hook.ts';
import { openStore } from '../../src/journal/open-store.ts';
import type { Store } from '../../src/journal/store.ts';
import { announce } from '../../src/release/announce.ts';
import type { Release } from '../../src/release/release.ts';
import type { Role } from '../../src/release/roles.ts';
import type { ReleaseState } from '../../src/release/states.ts';
import type { RouteTarget } from '../../src/release/target.ts';
import { type Actor, actor, nodeName } from '../../src/release/vocabulary.ts';
import { smoke } from '../../src/smoke/smoke.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { judgeEnds } from '../faults/kills/judge-ends.ts';
import { quickTimings } from '../support/quick-timings.ts';
import { twoBackends } from '../support/two-backends.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Rita asks, Ann approves, Olaf operates, Sam may nothing but look. */
export const people: Readonly<Record<string, readonly Role[]>> = {
  U0RITA: ['viewer', 'releaser'],
  U0ANN: ['viewer', 'approver'],
  U0BEN: ['viewer', 'approver'],
  U0OLAF: ['viewer', 'operator'],
  U0SAM: ['viewer'],
};

type Rules = Partial<Omit<Service, 'name' | 'fleet' | 'route' | 'target'>>;

/** `checkout` on route `map` over a fleet. `runtimeOf`: a proxy's address. */
export function checkoutOn(
  fleet: { readonly nodes: readonly { readonly target: MapNodeTarget }[] },
  rules: Rules = {},
  runtimeOf: (node: string) => string | undefined = () => undefined,
): Config {
  const target: MapTarget = {
    kind: 'map',
    keys: ['active'],
    ...twoBackends,
    nodes: fleet.nodes.map(({ target: node }) => ({
      ...node,
      runtime: runtimeOf(node.node) ?? node.runtime,
    })),
  };
  return checkoutFor(target, rules);
}

/** The service `checkout`, moved as its target says, quick by default: no bake, one healthy reading. */
export function checkoutFor(target: RouteTarget, rules: Rules = {}): Config {
  const service: Service = {
    name: 'checkout',
    fleet: 'edge',
    route: { kind: target.kind },
    target,
    approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 },
    gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 5_000 },
    smoke: [
      {
        name: 'version',
        path: '/release',
        headers: { Host: 'www.example.com' },
        expect: { status: 200, bodyContains: 'version={side}' },
      },
    ],
    bake: { forMs: 0, errorRate: 0.01, latency: 2, minimumRequests: 1 },
    accept: 'manual',
    acceptance: { remindMs: 3_600_000, expiresMs: null },
    drain: { timeoutMs: 5_000, then: 'wait' },
    digest: 'd'.repeat(64),
    ...rules,
  };
  return {
    database: '/nowhere',
    slack: { channel: 'C0RELEASES', commands: { release: [], rollback: [], status: [] } },
    roles: { viewer: [], releaser: [], approver: [], operator: [] },
    people: new Map([['cli:rita', 'U0RITA']]),
    fleets: new Map([
      [
        'edge',
        {
          name: 'edge',
          nodes: target.nodes.map(({ node, runtime, frontend, master }) => ({
            name: nodeName(node),
            runtime,
            frontend,
            maps: new Map(),
            ...(master === undefined ? {} : { master }),
          })),
        },
      ],
    ]),
    services: new Map([['checkout', service]]),
    drift: { everyMs: 200 },
    digest: 'c'.repeat(64),
  };
}

export interface BenchOptions {
  /** Time, where a test moves it; the machine's. */
  readonly clock?: Clock;
  /** Where the journal lives; a new temporary folder. */
  readonly folder?: string;
  readonly failpoint?: (name: string) => void;
  /** How long a node may take to answer, milliseconds; 1,000. */
  readonly deadlineMs?: number;
  /** For how long an unanswered line may still be carried out, milliseconds; 1,500. */
  readonly lateMs?: number;
  /** What hooks see of the environment; PATH. */
  readonly hookVariables?: Readonly<Record<string, string>>;
}

/** The whole house below Slack, on real nodes and a real journal. */
export class Bench {
  readonly folder: string;
  readonly config: Config;
  readonly complaints: string[] = [];
  readonly shown: Progress[] = [];
  /** The services whose drift was told to be over, once a round. */
  readonly over: string[] = [];
  roles: Record<string, readonly Role[]> = { ...people };
  /** `old`: user groups cannot be read, and what people hold is what was read of them some hours ago. */
  membership: 'fresh' | 'old' = 'fresh';
  channelAwayMs = 0;
  journalFault: string | undefined;
  store!: Store;
  engine!: Engine;
  watch!: DriftWatch;
  readonly #failpoint: (name: string) => void;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #lateMs: number;
  readonly #hookVariables: Readonly<Record<string, string>>;
  #asks = 0;

  constructor(
    config: Config,
    {
      folder,
      failpoint = () => undefined,
      clock = systemClock(),
      deadlineMs = 1_000,
      lateMs = 1_500,
      hookVariables = { PATH: process.env.PATH ?? '' },
    }: BenchOptions = {},
  ) {
    this.#hookVariables = hookVariables;
    this.#lateMs = lateMs;
    this.config = config;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'pm-bench-'));
    this.#failpoint = failpoint;
    this.open();
  }

  /** Opens the journal and takes up what is open, as a start of the bot does. */
  open(): void {
    const clock = this.#clock;
    this.store = openStore({
      path: join(this.folder, 'pointsman.db'),
      clock,
      configDigest: this.config.digest,
      announce,
      failpoint: this.#failpoint,
    });
    this.engine = new Engine({
      config: this.config,
      journal: this.store,
      route: makeRoute({
        mono: () => clock.now().mono,
        deadlineMs: this.#deadlineMs,
        failpoint: this.#failpoint,
      }),
      serversRoute: serversRoute({
        mono: () => clock.now().mono,
        deadlineMs: this.#deadlineMs,
        failpoint: this.#failpoint,
      }),
      smoke,
      runHook: createHooks({
        variables: this.#hookVariables,
        mono: () => clock.now().mono,
        graceMs: 300,
        failpoint: this.#failpoint,
      }),
      clock,
      standingOf: async (who) => this.standing(who),
      showProgress: (_, progress) => {
        if (progress !== null) this.shown.push(progress);
      },
      channelAwayMs: () => this.channelAwayMs,
      driftOver: (service) => this.over.push(service),
      journalFault: () => this.journalFault,
      timings: { ...quickTimings, lateMs: this.#lateMs },
      reportError: (error, doing) => this.complaints.push(`${doing}: ${String(error)}`),
    });
    this.engine.start();
    this.watch = new DriftWatch(this.engine);
  }

  standing(who: Actor): Standing {
    const roles = this.roles[who] ?? [];
    if (this.membership === 'fresh') {
      return { actor: who, roles: new Set(roles), unread: [], foreign: false };
    }
    const group = {
      group: 'S0PEOPLE',
      roles,
      why: 'Slack answered with status 503',
      final: false,
      memberAt: '2026-11-20T00:00:00.000Z',
    };
    return { actor: who, roles: new Set(), unread: [group], foreign: false };
  }

  /** Asks as a person; every call is a delivery of its own unless `request` says otherwise. */
  ask(user: string, command: Command, more: Partial<Asker> = {}): Promise<Reply> {
    this.#asks += 1;
    const ask = openDoor({ engine: this.engine, past: this.store });
    return ask(command, {
      actor: actor(user),
      timezone: 'UTC',
      door: 'slack',
      team: 'T0TEAM',
      channel: 'C0RELEASES',
      request: `r${process.pid}-${this.#asks}`,
      foreign: false,
      ...more,
    });
  }

  release(id: string): Release {
    const release = this.store.release(id);
    if (release === undefined) throw new Error(`no release ${id}`);
    return release;
  }

  async until(id: string, state: ReleaseState): Promise<Release> {
    await waitUntil(() => this.store.release(id)?.state === state, {
      timeout: 30_000,
      what: `${id} to be ${state}`,
    }).catch((error: Error) => {
      throw new Error(`${error.message} ${JSON.stringify(this.whereItStands(id))}`);
    });
    return this.release(id);
  }

  whereItStands(id: string): unknown {
    const { state, ended, attention } = this.release(id);
    return { state, ended, attention, complaints: this.complaints, kinds: this.kinds(id) };
  }

  /** Kinds of a release's rows, in order. */
  kinds(id: string): readonly string[] {
    return this.store.rowsOf(id).map(({ what }) => what.kind);
  }

  /** A clean stop. */
  async close(): Promise<void> {
    await this.watch.stop();
    await this.engine.stop();
    this.store.close();
  }

  /** Whatever the test was about: nothing has happened for a release that has ended. */
  async end(): Promise<void> {
    await this.close();
    const broken = judgeEnds(committedIn(this.folder).rows);
    if (broken.length > 0) throw new Error(broken.join('; '));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
