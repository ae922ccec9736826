import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.ts';
import { nodesOf } from '../../src/engine/fleet.ts';
import { makeRoute } from '../../src/haproxy/routes/make-route.ts';
import type { ReachedNode } from '../../src/release/reading.ts';
import { type SideRelease, sideRelease } from '../../src/release/release.ts';
import type { SideTarget } from '../../src/release/target.ts';
import { nodeName, otherSide, type Side, sides } from '../../src/release/vocabulary.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import {
  aConfigFleet,
  configTarget,
  edit,
  nextSecond,
  settledFleet,
} from '../haproxy/routes/config/config-bed.ts';
import { aFleet } from '../support/haproxy.ts';
import type { HaproxyNode } from '../support/haproxy-node.ts';
import { aBackend } from '../support/one-backend-fleet.ts';
import { openGate } from '../support/open-gate.ts';
import { waitUntil } from '../support/wait-until.ts';
import { aZoneFleet, zoneTarget } from '../support/zone-cookie-fleet.ts';
import { Bench, checkoutFor } from './bench.ts';

// One slow line among fast ones, on every route with sides and for everything a person can ask: just below the deadline of
// an exchange, just above it, and seconds past it. `map` has test/engine/ends.test.ts as well.

const deadlineMs = 1_000;
const delays = { below: 800, above: 1_300, far: 3_000 } as const;
/** No line of this file is carried out later than this after it was given up. */
const lateMs = 2_500;
type Delay = keyof typeof delays;

/** Two nodes of one route. */
interface Ground {
  readonly target: SideTarget;
  readonly folder: string;
  readonly nodes: readonly HaproxyNode[];
  /** The socket by which the second node is moved, and the line that moves it. */
  readonly moves: { readonly by: 'runtime' | 'master'; readonly line: RegExp };
  /** Makes the next line that moves a node late in another way than by the second node's socket. */
  readonly delay?: (ms: number) => void;
  /** Another hand brings the second node, or the whole fleet, to a side. */
  readonly byHand: (to: Side) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

const traits = { disk: 'none', sessionsStayMs: 300 } as const;
const lb2 = nodeName('lb-2');

/** Moves the second node past the program. */
async function fireAt(target: SideTarget, to: Side): Promise<void> {
  const route = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 })(target);
  const reading = await route.read(lb2);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  await (await route.arm(lb2, to, reading.worker)).fire(openGate);
}

const grounds: Readonly<Record<string, () => Promise<Ground>>> = {
  zone_cookie: async () => {
    const map = 'active backend_blue\nsecond backend_blue\nactive.zone off\n';
    const fleet = await aZoneFleet().withMap(map).withNodes(2).start();
    const target = { ...zoneTarget(fleet, 300), keys: ['active', 'second'] };
    const moves = { by: 'runtime', line: /^(set map .* active |commit map)/ } as const;
    const byHand = (to: Side) => fireAt(target, to);
    return { ...fleet, target, moves, byHand, end: () => fleet.end() };
  },
  'map, two keys': async () => {
    // An entry that cannot be written anew: after a write in doubt the keys alone are set.
    const map = 'active backend_blue\nsecond backend_blue\nnote two words\n';
    const fleet = await aFleet().withMap(map).withNodes(2).start();
    const target = fleet.target(['active', 'second']);
    const moves = { by: 'runtime', line: /^set map/ } as const;
    const byHand = (to: Side) => fireAt(target, to);
    return { ...fleet, target, moves, byHand, end: () => fleet.end() };
  },
  servers: async () => {
    const fleet = await aBackend({ nodes: 2 });
    const target = fleet.target({ traits });
    const moves = { by: 'runtime', line: /^set server .*state drain/ } as const;
    const byHand = (to: Side) => fireAt(target, to);
    return { ...fleet, target, moves, byHand, end: () => fleet.end() };
  },
  health: async () => {
    const backend = ['http-check disable-on-404'];
    const fleet = await aBackend({ nodes: 2, greenOff: true, greenDisabled: false, backend });
    const target = fleet.healthTarget({ traits });
    const all = sides.flatMap((side) => fleet.applications[side]);
    const delay = (ms: number) => {
      for (const application of fleet.applications.green.slice(0, 1)) {
        application.beforeSwitch = () => pause(ms);
      }
    };
    const byHand = async (to: Side) => {
      for (const application of all) application.isOn = application.side === to;
      const off = otherSide(to).slice(0, 1);
      const seen = async () =>
        (await fleet.states(1)).every((one) => !one.startsWith(off) || !one.includes(' UP '));
      await waitUntil(seen, { what: 'the second node to see it' });
    };
    const moves = { by: 'runtime', line: /^never/ } as const;
    return { ...fleet, target, moves, delay, byHand, end: () => fleet.end() };
  },
  config: async () => {
    const fleet = await settledFleet(aConfigFleet().withNodes(2));
    const target = configTarget(fleet);
    const moves = { by: 'master', line: /^reload/ } as const;
    const byHand = async (to: Side) => {
      const from = otherSide(to);
      edit(fleet.node(1), `default_backend backend_${from}`, `default_backend backend_${to}`);
      await nextSecond();
      await fleet.node(1).reload();
    };
    return { ...fleet, target, moves, byHand, end: () => fleet.end() };
  },
};

/** HAProxies are started one ground after the other: starting is work, the stories wait most of their time. */
let starting: Promise<unknown> = Promise.resolve();
function start(route: string): Promise<Ground> {
  const started = starting.then(() => (grounds[route] as () => Promise<Ground>)());
  starting = started.catch(() => undefined);
  return started;
}

/** The whole house on one ground, with a proxy before the second node's socket. */
class Story {
  readonly bench: Bench;
  readonly ground: Ground;
  readonly #proxy: FaultProxy;
  #landed = 0;
  #delayed = 0;

  private constructor(ground: Ground, proxy: FaultProxy) {
    this.ground = ground;
    this.#proxy = proxy;
    const [first, second] = ground.target.nodes;
    if (first === undefined || second === undefined) throw new Error('It takes two nodes.');
    const behind = { ...second, [ground.moves.by]: proxy.address };
    const target = { ...ground.target, nodes: [first, behind] };
    const config = checkoutFor(target, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      smoke: [],
      drain: { timeoutMs: 60_000, then: 'wait' },
    });
    this.bench = new Bench(config, { deadlineMs, lateMs });
  }

  static async begin(route: string): Promise<Story> {
    const ground = await start(route);
    const { by } = ground.moves;
    const place = ground.target.nodes[1]?.[by] ?? '';
    return new Story(ground, await new FaultProxy(ground.folder, `late-${by}`, place).start());
  }

  /** The next line that moves the second node is carried out this much later. */
  async late(delay: Delay): Promise<void> {
    const ms = delays[delay];
    this.#landed = performance.now() + ms;
    this.#delayed = 0;
    if (this.ground.delay !== undefined) {
      this.#delayed = 1;
      return this.ground.delay(ms);
    }
    const when = (line: string) => {
      const moves = this.ground.moves.line.test(line);
      if (moves) {
        this.#landed = performance.now() + ms;
        this.#delayed += 1;
      }
      return moves;
    };
    await this.#proxy.set({ kind: 'delay', ms }, { when, times: 1 });
  }

  async ask(command: Command): Promise<void> {
    const user = ['adopt', 'settle'].includes(command.kind) ? 'U0OLAF' : 'U0RITA';
    let replies = '';
    // A node that is slow because the machine is: nothing was done, so it is asked again.
    await waitUntil(
      async () => {
        const reply = await this.bench.ask(user, command);
        replies = JSON.stringify(reply);
        return reply.kind === 'done';
      },
      { every: 200 },
    ).catch((error: Error) => {
      throw new Error(`${error.message} ${replies}`);
    });
  }

  get last(): SideRelease {
    const release = this.bench.release(
      `checkout-${this.bench.store.service('checkout').lastNumber}`,
    );
    return sideRelease(release);
  }

  /**
   * Asks for a release, and waits until it stands still. Where another line was slow because the machine is, it has ended
   * before its time: then once more.
   */
  async release(isEnough = (release: SideRelease) => release.ended === undefined): Promise<void> {
    for (let tries = 0; tries < 4; tries += 1) {
      await this.ask({ kind: 'release', service: 'checkout' });
      await this.rest(['awaiting_acceptance']);
      if (isEnough(this.last)) return;
    }
    throw new Error(JSON.stringify(this.bench.whereItStands(this.last.id)));
  }

  /** The line that `late` waits for has come. */
  get isDelayed(): boolean {
    return this.#delayed > 0;
  }

  /** Until the newest release has ended, or has one of these states. */
  async rest(states: readonly string[] = []): Promise<void> {
    await waitUntil(() => this.last.ended !== undefined || states.includes(this.last.state), {
      timeout: 50_000,
    }).catch((error: Error) => {
      throw new Error(`${error.message} ${JSON.stringify(this.bench.whereItStands(this.last.id))}`);
    });
  }

  /** The newest release is over, nothing comes behind it, and the nodes are where it says. */
  async isOver(what: string): Promise<void> {
    await this.rest();
    // Otherwise nothing was shown.
    expect([what, this.isDelayed]).toEqual([what, true]);
    await waitUntil(() => performance.now() > this.#landed + 200, { timeout: 20_000 });
    const { lastNumber, switchedTo, accepted } = this.bench.store.service('checkout');
    const ids = Array.from({ length: lastNumber }, (_, i) => `checkout-${i + 1}`);
    const behind = ids.map((id) => {
      const rows = this.bench.store.rowsOf(id);
      return rows.slice(rows.findIndex((row) => row.what.kind === 'ended') + 1);
    });
    const { ended, state, openIntents, plan } = this.last;
    const side = state === 'completed' ? plan.to : plan.from;
    const held = await this.#held(side);

    expect([what, behind.flat().map((row) => row.what.kind)]).toEqual([what, []]);
    expect([what, openIntents]).toEqual([what, []]);
    expect([what, ended?.sentence, held]).toEqual([what, ended?.sentence, [side, side]]);
    expect([what, switchedTo ?? side, accepted?.side ?? side]).toEqual([what, side, side]);
    expect(this.bench.complaints).toEqual([]);
  }

  /** What the running workers hold, and what their files hold where there are any. */
  async #held(wanted: Side): Promise<readonly string[]> {
    const { target } = this.ground;
    const route = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 })(target);
    const sideOf = ({ memory, disk }: ReachedNode): string => {
      const places = target.traits?.disk === 'none' ? [memory] : [memory, disk];
      return [...new Set(places.map((one) => (one.kind === 'side' ? one.side : one.kind)))].join();
    };
    const read = () =>
      Promise.all(
        nodesOf(target).map(async (node) => {
          const reading = await route.read(node);
          return reading.kind === 'reached' ? sideOf(reading) : reading.why;
        }),
      );
    // Health checks, and a worker that starts, need a moment.
    await waitUntil(async () => (await read()).every((one) => one === wanted)).catch(() => {});
    return read();
  }

  async end(): Promise<void> {
    await this.bench.end();
    await this.#proxy.end();
    await this.ground.end();
  }
}

type Act = (story: Story, delay: Delay) => Promise<void>;

const acts: Readonly<Record<string, Act>> = {
  release: async (story, delay) => {
    await story.late(delay);
    await story.release(() => story.isDelayed);
    if (story.last.ended === undefined) await story.ask({ kind: 'accept', of: story.last.id });
  },
  abort: async (story, delay) => {
    await story.release();
    await story.late(delay);
    await story.ask({ kind: 'abort', of: story.last.id });
  },
  rollback: async (story, delay) => {
    await story.release();
    await story.ask({ kind: 'accept', of: story.last.id });
    await story.rest();
    await story.late(delay);
    await story.ask({ kind: 'rollback', service: 'checkout' });
  },
  adopt: async (story, delay) => {
    await story.late(delay);
    await story.ask({ kind: 'adopt', service: 'checkout', side: 'green', because: 'so be it' });
  },
  reapply: async (story, delay) => {
    const { side = 'green' } = story.bench.store.service('checkout').accepted ?? {};
    await story.ground.byHand(otherSide(side));
    await story.late(delay);
    await story.ask({ kind: 'reapply', of: 'checkout' });
  },
  settle: async (story, delay) => {
    await story.release();
    const { id, plan } = story.last;
    const { from, to: side } = plan;
    await story.ground.byHand(from);
    story.bench.watch.start();
    await story.rest(['needs_attention']);
    await story.late(delay);
    await story.ask({ kind: 'settle', release: id, side, because: 'so be it' });
  },
};

const stories: readonly (readonly (readonly [string, Delay])[])[] = [
  [
    ['release', 'far'],
    ['rollback', 'above'],
    ['abort', 'below'],
  ],
  [
    ['adopt', 'far'],
    ['reapply', 'above'],
    ['settle', 'above'],
  ],
];

const cases = Object.keys(grounds).flatMap((route) => stories.map((story) => ({ route, story })));

test.concurrent.each(cases)(
  '$route: $story',
  async ({ route, story }) => {
    const told = await Story.begin(route);
    try {
      for (const [act, delay] of story) {
        await (acts[act] as Act)(told, delay);
        await told.isOver(`${act}, ${delay}`);
      }
    } finally {
      await told.end();
    }
  },
  120_000,
);
