import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { SideTarget } from '../../src/release/target.ts';
import type { Application } from '../support/application.ts';
import { aBackend, type OneBackendFleet } from '../support/one-backend-fleet.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutFor } from './bench.ts';

let fleet: OneBackendFleet;
let bench: Bench;
let socket: Socket | undefined;

afterEach(async () => {
  socket?.destroy();
  socket = undefined;
  await bench.end();
  await fleet.end();
});

const traits = { disk: 'none', sessionsStayMs: 600 } as const;

interface Way {
  readonly start: () => Promise<OneBackendFleet>;
  readonly target: (fleet: OneBackendFleet) => SideTarget;
  /** An old server before it is finished. */
  readonly old: string;
}

const ways: Readonly<Record<string, Way>> = {
  servers: {
    start: () => aBackend({ nodes: 2 }),
    target: (on) => on.target({ traits }),
    old: 'DRAIN drain',
  },
  health: {
    start: () =>
      aBackend({
        nodes: 2,
        greenOff: true,
        greenDisabled: false,
        backend: ['http-check disable-on-404'],
      }),
    target: (on) => on.healthTarget({ traits }),
    old: 'NOLB ready',
  },
};
const each = Object.keys(ways);

async function open(way: string, rules: Parameters<typeof checkoutFor>[1] = {}): Promise<void> {
  const { start, target } = ways[way] as Way;
  fleet = await start();
  const config = checkoutFor(target(fleet), {
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    drain: { timeoutMs: 60_000, then: 'wait' },
    ...rules,
  });
  bench = new Bench(config);
}

async function toAcceptance(): Promise<void> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

async function accepted(id = 'checkout-1'): Promise<void> {
  await bench.ask('U0RITA', { kind: 'accept', of: id });
  await bench.until(id, 'draining');
}

/** A WebSocket of a user of b1, through the first node. */
async function webSocket(): Promise<Socket> {
  const opened = connect(Number(new URL(fleet.node().frontend).port), '127.0.0.1');
  opened.on('error', () => undefined);
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  opened.write([...lines, ...key, 'Cookie: SRV=b1', '', ''].join('\r\n'));
  const [answer] = (await once(opened, 'data')) as [Buffer];
  expect(answer.toString()).toContain('101');
  return opened;
}

const out = ['b1 MAINT maint', 'b2 MAINT maint', 'g1 UP ready', 'g2 UP ready'];

test.each(each)(
  'by %s: users stay while the old side drains, and once they stay away it is finished',
  async (way) => {
    await open(way);
    await toAcceptance();
    expect(await fleet.answering(4, 'b1')).toEqual(['b1']);
    expect(await fleet.answering(8)).toEqual(['g1', 'g2']);
    await accepted();

    let going = true;
    const user = (async () => {
      const seen = new Set<string>();
      while (going) seen.add((await fleet.visit('b2')).server);
      return [...seen];
    })();
    await waitUntil(() => bench.shown.some(({ text }) => text.includes('users still come back')));
    expect(bench.release('checkout-1').state).toBe('draining');
    expect((await fleet.states()).slice(0, 2)).toEqual(
      ['b1', 'b2'].map((name) => `${name} ${ways[way]?.old}`),
    );
    going = false;

    expect(await user).toEqual(['b2']);
    const { drain } = await bench.until('checkout-1', 'completed');
    expect(drain).toEqual({ sessions: 0, stragglers: [], asking: false });
    expect([await fleet.states(0), await fleet.states(1)]).toEqual([out, out]);
    expect(await fleet.answering(8, 'b1')).toEqual(['g1', 'g2']);
    expect(bench.store.service('checkout')).toMatchObject({ accepted: { side: 'green' } });
  },
);

test.each(each)('by %s: a rollback lets the finished side in again', async (way) => {
  await open(way);
  await toAcceptance();
  await accepted();
  await bench.until('checkout-1', 'completed');

  const reply = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(reply.kind).toBe('done');
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
  expect(await fleet.answering(8, 'g1')).toEqual(['b1', 'b2']);
});

test.each(each)(
  'by %s: an abort takes new users back, and the abandoned side is finished when its users are gone',
  async (way) => {
    await open(way);
    await toAcceptance();

    await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
    await waitUntil(() => bench.shown.some(({ text }) => text.includes('left on green')));
    const [user] = await fleet.answering(4, 'g1');
    const newcomers = await fleet.answering(8);
    await bench.until('checkout-1', 'aborted');

    expect(user).toBe('g1');
    expect(newcomers).toEqual(['b1', 'b2']);
    expect(await fleet.answering(4, 'b1')).toEqual(['b1']);
    expect(await fleet.answering(8, 'g1')).toEqual(['b1', 'b2']);
    const again = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    expect(again.kind).toBe('done');
    await bench.until('checkout-2', 'awaiting_acceptance');
  },
);

test.each(each)('by %s: by force what stays is cut, and its users move', async (way) => {
  await open(way, { drain: { timeoutMs: 300, then: 'wait' } });
  await toAcceptance();
  socket = await webSocket();
  const { localPort } = socket;
  await accepted();
  await waitUntil(() => bench.release('checkout-1').drain?.asking === true, { timeout: 20_000 });
  const { drain } = bench.release('checkout-1');

  await bench.ask('U0RITA', { kind: 'shut_down_sessions', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');

  expect(drain?.sessions).toBe(1);
  expect(drain?.stragglers).toContainEqual(
    expect.stringMatching(new RegExp(`^lb-1: b1 from 127\\.0\\.0\\.1:${localPort} for \\d+s$`)),
  );
  await waitUntil(() => socket?.destroyed || socket?.readableEnded, { what: 'the cut' });
  expect(await fleet.states()).toEqual(out);
});

test.each(each)('by %s: a stop while users stay goes on where it was', async (way) => {
  await open(way);
  await toAcceptance();
  await accepted();

  await bench.close();
  bench.open();
  await bench.until('checkout-1', 'completed');

  expect(await fleet.states(1)).toEqual(out);
});

test('by servers: a reload after acceptance falls back, is told as drift, and Re-apply mends it', async () => {
  await open('servers');
  await toAcceptance();
  await accepted();
  await bench.until('checkout-1', 'completed');
  await bench.watch.round();
  const before = bench.store.pending().length;

  await fleet.node(1).reload();
  await bench.watch.round();
  const told = bench.store.pending().slice(before);
  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(told).toMatchObject([
    {
      announcement: {
        text: expect.stringMatching(/^checkout: lb-2 reloaded .* and is back on blue, not green\./),
        reapply: { side: 'green', found: 'blue' },
      },
    },
  ]);
  expect(await fleet.answering(8, undefined, 1)).toEqual(['g1', 'g2']);
  // Whom the reload brought to the old side was waited for there; then that side is out, as on the other node.
  expect([await fleet.states(0), await fleet.states(1)]).toEqual([out, out]);
  const rows = bench.store.rowsOf('checkout-2').map(({ what }) => what);
  expect(rows).toContainEqual({ kind: 'stage_entered', stage: 'draining' });
  expect(rows.find(({ kind }) => kind === 'switched')).toMatchObject({ written: 1 });
});

test('by health: a reload changes nothing, the applications say the same', async () => {
  await open('health');
  await toAcceptance();
  await accepted();
  await bench.until('checkout-1', 'completed');

  await fleet.node(1).reload();
  await waitUntil(async () => (await fleet.states(1)).includes('b2 NOLB ready'));

  expect(await fleet.answering(6, undefined, 1)).toEqual(['g1', 'g2']);
});

test('by health: without what keeps the sessions the preflight refuses, and tells nobody', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false });
  bench = new Bench(
    checkoutFor(fleet.healthTarget({ traits }), {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 500 },
    }),
  );

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain(
    'sessions survive a 404: lb-1: backend app would lose every session of an application that is switched off',
  );
  expect(fleet.application('green').told).toEqual([]);
});

/** Which of two applications answers first: the one that takes the switch, seen by HAProxy, or the one that refuses. */
const orders: Readonly<Record<string, (takes: Application, refuses: Application) => void>> = {
  'the one that takes it': (takes, refuses) => {
    const isSeen = async () => (await fleet.states()).includes(`${takes.name} UP ready`);
    refuses.beforeSwitch = () => waitUntil(isSeen, { timeout: 20_000 });
  },
  'the one that refuses': (takes, refuses) => {
    let hasAnswered = false;
    refuses.beforeSwitch = () => Promise.resolve(setImmediate(() => (hasAnswered = true)));
    takes.beforeSwitch = () => waitUntil(() => hasAnswered, { timeout: 20_000 });
  },
};

test.each(Object.keys(orders))(
  'by health: where one application refuses the release is rolled back, whole: %s answers first',
  async (order) => {
    await open('health');
    const [takes, refuses] = fleet.applications.green as [Application, Application];
    refuses.switchStatus = 503;
    orders[order]?.(takes, refuses);

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    const { ended } = await bench.until('checkout-1', 'rolled_back');

    expect(ended?.sentence).toContain('g2 answered 503');
    expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
    expect(fleet.applications.green.map(({ isOn }) => isOn)).toEqual([false, false]);
  },
);

test('by health: where every application refuses nothing was moved, and the release has failed', async () => {
  await open('health');
  for (const application of fleet.applications.green) application.switchStatus = 503;

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain('g1 answered 503');
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
});

test('by health: a new side that dies after the switch is left, and nobody there has to answer', async () => {
  await open('health');
  await toAcceptance();
  await Promise.all(fleet.applications.green.map((application) => application.end()));
  await waitUntil(async () => (await fleet.states()).includes('g2 DOWN ready'));

  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');

  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
});
