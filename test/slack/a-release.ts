import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { readStatus } from '../../src/haproxy/server-health.ts';
import { foldRelease } from '../../src/release/fold-release.ts';
import type { Draft, Entry, Happening, Instant } from '../../src/release/journal-entry.ts';
import { makePlan, type PlanAsk } from '../../src/release/make-plan.ts';
import type { SidePlan } from '../../src/release/plan.ts';
import type { NodeReading, ServerReading, SideReading } from '../../src/release/reading.ts';
import type { Release } from '../../src/release/release.ts';
import {
  actor,
  backendName,
  nodeName,
  type ServerName,
  type Side,
} from '../../src/release/vocabulary.ts';
import { twoBackends } from '../support/two-backends.ts';

export const noon: Instant = { at: '2026-03-01T12:00:00.000Z', boot: 'boot', mono: 1_000 };
export const later: Instant = { at: '2026-03-01T12:15:00.000Z', boot: 'boot', mono: 901_000 };
export const digest = 'abcdef0123456789'.repeat(4);

interface Wish extends Partial<Omit<PlanAsk, 'target' | 'observed'>> {
  readonly nodes?: number;
  readonly approvers?: number;
  readonly reason?: string;
  readonly requester?: string;
  readonly id?: string;
}

/** The plan of a release of `checkout` from blue to green. */
export function aPlan(wish: Wish = {}): SidePlan {
  const names = Array.from({ length: wish.nodes ?? 3 }, (_, index) => nodeName(`lb-${index + 1}`));
  const blue = { kind: 'side' as const, side: wish.from ?? ('blue' as const) };
  const {
    nodes: _nodes,
    approvers,
    reason: _reason,
    requester: _requester,
    id: _id,
    ...ask
  } = wish;
  const target: MapTarget = {
    kind: 'map',
    keys: ['active'],
    ...twoBackends,
    nodes: names.map((node) => ({
      node,
      runtime: `unix:///run/${node}.sock`,
      frontend: 'http://10.0.0.1:80',
      mapId: '/maps/bluegreen.map',
      mapFile: 'file:///maps/bluegreen.map',
    })),
  };
  return makePlan(
    {
      kind: 'forward',
      from: 'blue',
      to: 'green',
      ...ask,
      target,
      observed: names.map((node) => ({ node, memory: blue, disk: blue })),
    },
    {
      name: 'checkout',
      approval: { approvers: approvers ?? 1, selfApproval: false, expiresMs: 900_000 },
      gates: { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 60_000 },
      smoke: [],
      bake: { forMs: 300_000, errorRate: 0.01, latency: 2, minimumRequests: 100 },
      accept: 'manual',
      acceptance: { remindMs: 3_600_000, expiresMs: null },
      drain: { timeoutMs: 600_000, then: 'wait' },
      digest,
    },
  );
}

/** Builds a release as the journal does: by folding rows. */
export class AReleaseBuilder {
  #release: Release | undefined;
  #seq = 40;
  readonly #id: string;
  readonly #requester: string;

  constructor(wish: Wish = {}) {
    this.#id = wish.id ?? 'checkout-42';
    this.#requester = wish.requester ?? 'U0RITA';
    this.then(
      {
        kind: 'requested',
        number: 42,
        plan: aPlan(wish),
        ...(wish.reason === undefined ? {} : { reason: wish.reason }),
      },
      this.#requester,
    );
  }

  /** One more row. */
  then(what: Happening, by = 'system:engine', more: Partial<Draft> = {}): this {
    this.#seq += 1;
    const entry: Entry = {
      actor: actor(by),
      release: this.#id,
      service: 'checkout',
      planDigest: digest,
      ...more,
      what,
      seq: this.#seq,
      instant: noon,
      configDigest: digest,
      prev: digest,
      hash: digest,
    };
    this.#release = foldRelease(this.#release, entry);
    return this;
  }

  posted(channel: string, message: string): this {
    return this.then({ kind: 'posted', what: 'card' }, 'system:slack', {
      origin: { channel, message },
    });
  }

  get release(): Release {
    if (this.#release === undefined) throw new Error('no row has opened it');
    return this.#release;
  }
}

export function aRelease(wish: Wish = {}): AReleaseBuilder {
  return new AReleaseBuilder(wish);
}

/** A node whose both sides are healthy, with `memory` in memory and blue on disk. */
export function aReading(node: string, memory: Side = 'blue', servers = 2): NodeReading {
  return {
    kind: 'reached',
    node: nodeName(node),
    worker: { pid: 4242, startedAt: 1_700_000_000 },
    version: '2.6.12',
    stopping: false,
    level: 'admin',
    memory: { kind: 'side', side: memory },
    disk: { kind: 'side', side: 'blue' },
    sides: { blue: aSide('blue', servers), green: aSide('green', servers) },
    sharedWith: [],
  };
}

function aSide(side: Side, count: number): SideReading {
  return {
    side,
    backend: backendName(`backend_${side}`),
    exists: true,
    servers: Array.from({ length: count }, (_, index) => aServer(`${side[0]}${index + 1}`)),
    counters: {
      stot: 1_000,
      ended: 1_000,
      hrsp5xx: 0,
      perSecond: 40,
      averages: [{ requests: 1_000, ttime: 12 }],
    },
    sessions: 17,
    queued: 0,
  };
}

function aServer(name: string): ServerReading {
  return {
    name: name as ServerName,
    address: '10.0.0.2:8080',
    status: 'UP',
    check: 'L7OK 200',
    ...readStatus('UP', 'L7OK 200'),
    sessions: 8,
    limit: null,
    throttle: null,
    weight: 100,
    backup: false,
  };
}
