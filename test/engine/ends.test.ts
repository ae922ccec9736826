import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { digestOf } from '../../src/release/digest.ts';
import { makePlan } from '../../src/release/make-plan.ts';
import { hasSides, type SideTarget } from '../../src/release/target.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import type { HaproxyNode } from '../support/haproxy-node.ts';
import { aBackend, type OneBackendFleet } from '../support/one-backend-fleet.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutFor } from './bench.ts';

// Nothing has an effect for a release that has ended, however late its lines are on the wire. The deadline of an exchange
// is 1,000 ms here.

let proxies: readonly FaultProxy[] = [];
let sockets: Socket[] = [];
let bench: Bench;
let ends: () => Promise<void>;

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await bench.end();
  await Promise.all(proxies.map((proxy) => proxy.end()));
  await ends();
});

/** The target with a proxy before every node. */
async function behindProxies<T extends SideTarget>(
  target: T,
  folder: string,
  nodes: readonly HaproxyNode[],
): Promise<T> {
  proxies = await Promise.all(
    nodes.map((node) => new FaultProxy(folder, node.name, node.runtime).start()),
  );
  const places = target.nodes.map((node, i) => ({
    ...node,
    runtime: proxies[i]?.address ?? node.runtime,
  }));
  return { ...target, nodes: places };
}

const rules = {
  approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
  accept: 'auto',
  smoke: [],
  drain: { timeoutMs: 60_000, then: 'wait' },
} as const;

async function onMaps(lateMs = 4_000): Promise<TestFleet> {
  const fleet = await aFleet().withNodes(2).start();
  ends = () => fleet.end();
  const target = await behindProxies(fleet.target(), fleet.folder, fleet.nodes);
  bench = new Bench(checkoutFor(target, rules), { lateMs });
  return fleet;
}

async function onServers(lateMs = 4_000): Promise<OneBackendFleet> {
  const fleet = await aBackend({ nodes: 2 });
  ends = () => fleet.end();
  const traits = { disk: 'none', sessionsStayMs: 300 } as const;
  const target = await behindProxies(fleet.target({ traits }), fleet.folder, fleet.nodes);
  bench = new Bench(checkoutFor(target, rules), { lateMs });
  return fleet;
}

/** The lines that match come late, one of them per node. */
async function late(pattern: RegExp, ms: number, nodes = proxies): Promise<void> {
  const when = (line: string) => pattern.test(line);
  await Promise.all(nodes.map((proxy) => proxy.set({ kind: 'delay', ms }, { when, times: 1 })));
}

const sent = (pattern: RegExp) => (): boolean =>
  proxies.some(({ seen }) => seen.some(({ line }) => pattern.test(line)));

const ask = {
  release: () => bench.ask('U0RITA', { kind: 'release', service: 'checkout' }),
  rollback: () => bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' }),
};

async function webSocket(frontend: string): Promise<Socket> {
  const socket = connect(Number(new URL(frontend).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  socket.write([...lines, ...key, '', ''].join('\r\n'));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('101');
  return socket;
}

/** Longer than any line of this file is late. */
const allHaveLanded = (since: number, ms: number) => () => performance.now() - since > ms;

/** The driver of a release that was ended had nothing more to record, so nothing of it was refused. */
function expectNothingAfterEnds(): void {
  expect(bench.complaints).toEqual([]);
  for (const { id, rows } of releases()) {
    const end = rows.findIndex(({ what }) => what.kind === 'ended');
    expect([id, rows.slice(end + 1).map(({ what }) => what.kind)]).toEqual([id, []]);
  }
}

function releases() {
  const { lastNumber } = bench.store.service('checkout');
  return Array.from({ length: lastNumber }, (_, i) => `checkout-${i + 1}`).map((id) => ({
    id,
    rows: bench.store.rowsOf(id),
  }));
}

describe.each([150, 700, 1_500, 2_500])('route map, one line late by %i ms', (ms) => {
  test('a rollback during the drain is the last word, on every node, in memory and on disk', async () => {
    const fleet = await onMaps();
    await webSocket(fleet.node(0).frontend);
    await ask.release();
    await bench.until('checkout-1', 'draining');
    await late(/^set map .* backend_green/, ms);
    const since = performance.now();

    await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_blue`);
    await waitUntil(sent(/^set map .* backend_green.*/), { timeout: 20_000 });
    const before = proxies.flatMap(({ seen }) => seen).length;
    await waitUntil(() => proxies.flatMap(({ seen }) => seen).length >= before);
    const reply = await ask.rollback();
    await bench.until('checkout-2', 'completed');
    await waitUntil(allHaveLanded(since, ms + 500), { timeout: 20_000 });

    expect(reply.kind).toBe('done');
    expect(await Promise.all(fleet.nodes.map((node) => node.memory()))).toEqual([
      'backend_blue',
      'backend_blue',
    ]);
    const files = fleet.target().nodes.map(({ mapFile }) => fileURLToPath(mapFile));
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual([
      'active backend_blue\n',
      'active backend_blue\n',
    ]);
    expect(bench.store.service('checkout')).toMatchObject({
      accepted: { side: 'blue' },
      switchedTo: 'blue',
    });
    expectNothingAfterEnds();
  });

  test('a switch that outlives its client keeps the release open until nothing can come any more', async () => {
    const fleet = await onMaps();
    await late(/^set map/, ms, proxies.slice(1));
    const since = performance.now();

    await ask.release();
    await waitUntil(() => bench.release('checkout-1').ended !== undefined, { timeout: 30_000 });
    const endedAfter = performance.now() - since;
    await waitUntil(allHaveLanded(since, ms + 500), { timeout: 20_000 });

    const to = ms < 1_000 ? 'backend_green' : 'backend_blue';
    expect(await Promise.all(fleet.nodes.map((node) => node.memory()))).toEqual([to, to]);
    expect(endedAfter).toBeGreaterThan(ms);
    expectNothingAfterEnds();
  });
});

describe.each([700, 2_500])('route sessions by servers, one line late by %i ms', (ms) => {
  const blueServes = ['b1 UP ready', 'b2 UP ready'];

  test('a rollback while the old side is being taken out leaves users a server', async () => {
    const fleet = await onServers();
    await ask.release();
    await bench.until('checkout-1', 'draining');
    await late(/state maint/, ms);
    const since = performance.now();
    await waitUntil(sent(/state maint/), { timeout: 20_000 });

    const reply = await ask.rollback();
    await bench.until('checkout-2', 'completed');
    await waitUntil(allHaveLanded(since, ms + 2_000), { timeout: 20_000 });

    expect(reply.kind).toBe('done');
    for (const i of [0, 1]) expect((await fleet.states(i)).slice(0, 2)).toEqual(blueServes);
    expect(await fleet.answering(4)).toEqual(['b1', 'b2']);
    expectNothingAfterEnds();
  });

  test('the release is not completed before it is known that the old side is out', async () => {
    const fleet = await onServers();
    await ask.release();
    await bench.until('checkout-1', 'draining');
    await late(/state maint/, ms);

    await bench.until('checkout-1', 'completed');
    const out = await Promise.all([fleet.states(0), fleet.states(1)]);
    await ask.rollback();
    await bench.until('checkout-2', 'completed');

    expect(out.map((states) => states.slice(0, 2))).toEqual([
      ['b1 MAINT maint', 'b2 MAINT maint'],
      ['b1 MAINT maint', 'b2 MAINT maint'],
    ]);
    for (const i of [0, 1]) expect((await fleet.states(i)).slice(0, 2)).toEqual(blueServes);
    expectNothingAfterEnds();
  });
});

test.each([900, 2_500])(
  'users who come to the active side are not cut by a shutdown that was meant for others, late by %i ms',
  async (ms) => {
    const fleet = await onMaps();
    await webSocket(fleet.node(0).frontend);
    await ask.release();
    await bench.until('checkout-1', 'draining');
    await late(/^shutdown sessions/, ms);
    await bench.store.append([
      {
        actor: bench.release('checkout-1').requester,
        release: 'checkout-1',
        service: 'checkout',
        what: { kind: 'drain_shutdown' },
      },
    ]);
    bench.engine.wake('checkout-1');
    await endOfDrain();
    await waitUntil(sent(/^shutdown sessions/), { timeout: 20_000 });

    await ask.rollback();
    await bench.until('checkout-2', 'completed');
    const user = await webSocket(fleet.node(0).frontend);
    let cut = false;
    user.once('close', () => {
      cut = true;
    });
    const since = performance.now();
    await waitUntil(allHaveLanded(since, ms + 500), { timeout: 20_000 });

    expect(cut).toBe(false);
    expectNothingAfterEnds();
  },
);

async function endOfDrain(): Promise<void> {
  await waitUntil(
    () =>
      bench.store
        .rowsOf('checkout-1')
        .some(({ what }) => what.kind === 'intent' && what.effect === 'sessions'),
    { timeout: 20_000 },
  );
}

test('two people take a draining release back at once: one rollback, and one refusal', async () => {
  const fleet = await onMaps();
  await webSocket(fleet.node(0).frontend);
  await ask.release();
  await bench.until('checkout-1', 'draining');

  const replies = await Promise.all([ask.rollback(), ask.rollback()]);
  await bench.until('checkout-2', 'completed');

  expect(replies.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  expect(bench.store.service('checkout').lastNumber).toBe(2);
  expectNothingAfterEnds();
});

test('a release that is cancelled while a side is let in ends when that can no longer come', async () => {
  const fleet = await onServers();
  await ask.release();
  await bench.until('checkout-1', 'completed');
  await late(/state drain/, 1_500);
  const since = performance.now();
  await ask.release();
  await waitUntil(
    sent(/^set server app\/b1 state drain;set server app\/b2 state drain;show info/),
    {
      timeout: 20_000,
    },
  );

  await bench.ask('U0RITA', { kind: 'cancel', of: 'checkout-2' });
  await bench.until('checkout-2', 'cancelled');

  expect(performance.now() - since).toBeGreaterThan(1_500);
  expect((await fleet.states()).slice(2)).toEqual(['g1 UP ready', 'g2 UP ready']);
  expectNothingAfterEnds();
});

test('a request whose row for the approvals was cut off needs a person, and ends by one', async () => {
  await onMaps();
  const approval = { approvers: 1, selfApproval: false, expiresMs: 60_000 };
  const [service] = bench.config.services.values();
  if (service === undefined || !hasSides(service.target)) throw new Error('no service');
  const plan = makePlan(
    { kind: 'forward', from: 'blue', to: 'green', target: service.target, observed: [] },
    { ...service, approval },
  );
  bench.store.append([
    {
      actor: actor('U0RITA'),
      release: 'checkout-1',
      service: 'checkout',
      planDigest: digestOf(plan),
      what: { kind: 'requested', number: 1, plan },
    },
  ]);

  bench.engine.start();
  const { attention } = await bench.until('checkout-1', 'needs_attention');
  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');

  expect(attention?.why).toContain('not the row that asks for its approvals');
  expect(proxies.flatMap((proxy) => proxy.writes())).toEqual([]);
});
