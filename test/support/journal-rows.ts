import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { digestOf } from '../../src/release/digest.ts';
import type { Draft, EffectKind, Happening } from '../../src/release/journal-entry.ts';
import { makePlan } from '../../src/release/make-plan.ts';
import type { SidePlan } from '../../src/release/plan.ts';
import type { EndState } from '../../src/release/states.ts';
import { actor, nodeName, otherSide, type Side, system } from '../../src/release/vocabulary.ts';
import { twoBackends } from './two-backends.ts';

export interface ReleaseStory {
  readonly service?: string;
  readonly number?: number;
  readonly kind?: SidePlan['kind'];
  readonly from?: Side;
  readonly version?: string;
  readonly nodes?: readonly string[];
  readonly requester?: string;
}

/** Begins the rows of one release: `aRelease().requested().approved('U0BEN').switched().drafts()`. */
export function aRelease(story: ReleaseStory = {}): ReleaseRows {
  return new ReleaseRows(story);
}

/** The drafts a release leaves behind, in order. */
export class ReleaseRows {
  readonly id: string;
  readonly plan: SidePlan;
  readonly #requester: string;
  readonly #number: number;
  readonly #drafts: Draft[] = [];

  constructor({
    service = 'checkout',
    number = 1,
    kind = 'forward',
    from = 'blue',
    version,
    nodes = ['lb-1', 'lb-2'],
    requester = 'U0ANN',
  }: ReleaseStory) {
    this.id = `${service}-${number}`;
    this.#number = number;
    this.#requester = requester;
    this.plan = planOf(service, kind, from, version, nodes);
  }

  /** The rows so far. `firstSeq`: the seq the first of them will get; results name their intent by it. */
  drafts(firstSeq = 1): readonly Draft[] {
    return this.#drafts.map((draft) =>
      'intent' in draft.what
        ? { ...draft, what: { ...draft.what, intent: draft.what.intent + firstSeq } }
        : draft,
    );
  }

  adopted(): this {
    const { service, from, target } = this.plan;
    this.#drafts.push({
      actor: system('adopt'),
      service,
      what: { kind: 'adopted', side: from, nodes: target.nodes.map(({ node }) => node) },
    });
    return this;
  }

  requested(request?: string): this {
    return this.#add(
      { kind: 'requested', number: this.#number, plan: this.plan },
      this.#requester,
      request === undefined ? {} : { origin: { team: 'T0', channel: 'C0', request } },
    );
  }

  approved(by = 'U0BEN'): this {
    return this.#add({ kind: 'approved', roles: ['approver'] }, by);
  }

  /** Intents of all nodes, one result each, and the fleet's skew. */
  switched(to: Side = this.plan.to): this {
    return this.effect('memory', to).#add({ kind: 'switched', skewMs: 2 });
  }

  /** Intents and results of all nodes. */
  effect(effect: EffectKind, to: Side): this {
    const { nodes, sides } = this.plan.target;
    const first = this.#drafts.length;
    for (const { node } of nodes) {
      this.#add({ kind: 'intent', effect, to, why: 'switch' }, undefined, {
        node,
        before: otherSide(to),
        after: sides[to],
      });
    }
    nodes.forEach(({ node }, i) => {
      const what = { kind: 'result', effect, intent: first + i, outcome: 'applied' } as const;
      this.#add({ ...what, sentence: `Read back: ${to}.` }, undefined, { node, readback: to });
    });
    return this;
  }

  accepted(by: string = this.#requester): this {
    return this.#add({ kind: 'accepted' }, by);
  }

  goingBack(by = 'system:bake', end: 'failed' | 'aborted' | 'rolled_back' = 'rolled_back'): this {
    return this.#add({ kind: 'going_back', end, why: 'errors rose' }, by);
  }

  ended(state: EndState = 'completed'): this {
    return this.#add({ kind: 'ended', state, sentence: 'Done.', durationMs: 1_500 });
  }

  /** Any other row of the release. */
  then(what: Happening, by?: string, more: Partial<Draft> = {}): this {
    return this.#add(what, by, more);
  }

  #add(what: Happening, by = 'system:engine', more: Partial<Draft> = {}): this {
    this.#drafts.push({
      actor: actor(by),
      release: this.id,
      service: this.plan.service,
      planDigest: digestOf(this.plan),
      ...more,
      what,
    });
    return this;
  }
}

/** A whole accepted release with everything in between. */
export function aWholeRelease(story: ReleaseStory = {}): ReleaseRows {
  const rows = aRelease(story);
  return rows.requested().approved().switched().accepted().effect('disk', rows.plan.to).ended();
}

function planOf(
  service: string,
  kind: SidePlan['kind'],
  from: Side,
  version: string | undefined,
  nodes: readonly string[],
): SidePlan {
  const side = { kind: 'side' as const, side: from };
  const target: MapTarget = {
    kind: 'map',
    keys: ['active'],
    ...twoBackends,
    nodes: nodes.map((node) => ({
      node: nodeName(node),
      runtime: `unix:///run/${node}.sock`,
      frontend: 'http://127.0.0.1:80',
      mapId: '/etc/haproxy/maps/bluegreen.map',
      mapFile: 'file:///etc/haproxy/maps/bluegreen.map',
    })),
  };
  return makePlan(
    {
      kind,
      from,
      to: otherSide(from),
      ...(version === undefined ? {} : { version }),
      target,
      observed: nodes.map((node) => ({ node: nodeName(node), memory: side, disk: side })),
    },
    {
      name: service,
      approval: { approvers: 1, selfApproval: false, expiresMs: 900_000 },
      gates: { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 60_000 },
      smoke: [],
      bake: { forMs: 0, errorRate: 0.01, latency: 2, minimumRequests: 100 },
      accept: 'manual',
      acceptance: { remindMs: 3_600_000, expiresMs: null },
      drain: { timeoutMs: 600_000, then: 'wait' },
      digest: 'c'.repeat(64),
    },
  );
}
