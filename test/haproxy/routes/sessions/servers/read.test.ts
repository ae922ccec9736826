import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import { type NodeReading, noCounters } from '../../../../../src/release/reading.ts';
import { nodeName, serverName } from '../../../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../../../support/fake-runtime.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: OneBackendFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 2_000 });

async function memory(): Promise<unknown> {
  const reading = await make(fleet.target()).read(lb1);
  return reading.kind === 'reached' ? reading.memory : reading;
}

/** Sets servers by hand, `g1 ready`. */
async function set(...states: readonly string[]): Promise<void> {
  for (const one of states) await fleet.node().ask(`set server app/${one.replace(' ', ' state ')}`);
}

test('a node is read whole: both sides are servers of one backend, and nothing is kept on disk', async () => {
  fleet = await aBackend({ servers: 1 });
  const [blue, green] = [fleet.application('blue'), fleet.application('green')];
  for (let i = 0; i < 3; i += 1) await fleet.visit();

  const reading = await make(fleet.target()).read(lb1);

  const server = { sessions: 0, limit: null, throttle: null, weight: 1, backup: false };
  expect(reading).toEqual({
    kind: 'reached',
    node: 'lb-1',
    worker: { pid: await fleet.node().workerPid(), startedAt: expect.any(Number) },
    version: expect.stringMatching(/^\d+\.\d+/),
    stopping: false,
    level: 'admin',
    memory: { kind: 'side', side: 'blue' },
    disk: { kind: 'none' },
    sides: {
      blue: {
        side: 'blue',
        backend: 'app (b1)',
        exists: true,
        servers: [
          {
            ...server,
            name: 'b1',
            address: `127.0.0.1:${blue.port}`,
            status: 'UP',
            check: expect.stringMatching(/^L7OK/),
            health: 'healthy',
            word: 'up',
          },
        ],
        letsIn: true,
        counters: {
          stot: 3,
          ended: 3,
          hrsp5xx: 0,
          perSecond: expect.any(Number),
          averages: [{ requests: 3, ttime: expect.any(Number) }],
        },
        sessions: 0,
        queued: 0,
      },
      green: {
        side: 'green',
        backend: 'app (g1)',
        exists: true,
        servers: [
          {
            ...server,
            name: 'g1',
            address: `127.0.0.1:${green.port}`,
            status: 'MAINT',
            check: '',
            health: 'maint',
            word: 'maint',
          },
        ],
        letsIn: true,
        counters: { ...noCounters, averages: [{ requests: 0, ttime: 0 }] },
        sessions: 0,
        queued: 0,
      },
    },
    sharedWith: [],
  } satisfies NodeReading | object);
});

test.each([
  [['b1 drain', 'b2 maint', 'g1 ready', 'g2 ready'], { kind: 'side', side: 'green' }],
  [['g1 drain', 'g2 drain'], { kind: 'side', side: 'blue' }],
  [['g1 ready'], { kind: 'between', words: 'b1 ready, b2 ready, g1 ready, g2 maint' }],
  [['b1 drain', 'b2 drain'], { kind: 'between', words: 'b1 drain, b2 drain, g1 maint, g2 maint' }],
])('after %j it holds %j', async (states, held) => {
  fleet = await aBackend();

  await set(...states);

  expect(await memory()).toEqual(held);
});

test('a server that fails its checks is still on its side: only a hand moves users', async () => {
  fleet = await aBackend();
  fleet.application('blue', 0).failHealth();
  fleet.application('blue', 1).failHealth();
  await waitUntil(
    async () => (await fleet.states()).filter((s) => s.includes('DOWN')).length === 2,
  );

  expect(await memory()).toEqual({ kind: 'side', side: 'blue' });
});

test('what HAProxy answers itself, with no server there, is charged to both sides', async () => {
  fleet = await aBackend({ servers: 1 });
  fleet.application('blue').failHealth();
  await waitUntil(async () => (await fleet.states()).includes('b1 DOWN ready'));

  expect(await fleet.visit()).toEqual({ server: '503', cookie: undefined });

  expect(await make(fleet.target()).read(lb1)).toMatchObject({
    sides: {
      blue: { counters: { stot: 0, hrsp5xx: 1 } },
      green: { counters: { stot: 0, hrsp5xx: 1 } },
    },
  });
});

test('servers without checks are taken as they are, in drain too', async () => {
  fleet = await aBackend({ server: '' });

  await set('g1 drain');

  const reading = await make(fleet.target()).read(lb1);
  expect(reading).toMatchObject({
    sides: {
      blue: { servers: [{ health: 'no_check' }, { health: 'no_check' }] },
      green: {
        servers: [
          { status: 'DRAIN', health: 'no_check' },
          { status: 'MAINT', health: 'maint' },
        ],
      },
    },
  });
});

test('a reload falls back to what haproxy.cfg says', async () => {
  fleet = await aBackend();
  await set('g1 ready', 'g2 ready', 'b1 drain', 'b2 drain');
  expect(await memory()).toEqual({ kind: 'side', side: 'green' });

  await fleet.node().reload();

  expect(await memory()).toEqual({ kind: 'side', side: 'blue' });
});

test('a server or a backend that is not in haproxy.cfg leaves the side unknown', async () => {
  fleet = await aBackend();
  const servers = fleet.target().servers;
  const more = { ...servers, green: [...servers.green, serverName('g3')] };

  const [without, elsewhere] = await Promise.all([
    make(fleet.target({ servers: more })).read(lb1),
    make(fleet.target({ backend: 'other' as never })).read(lb1),
  ]);

  expect(without).toMatchObject({
    memory: { kind: 'unreadable', why: 'there is no server g3 in backend app in its haproxy.cfg' },
    sides: { blue: { exists: true }, green: { exists: false } },
  });
  expect(elsewhere).toMatchObject({
    memory: { kind: 'unreadable', why: 'there is no backend other in its haproxy.cfg' },
    sides: { blue: { exists: false, servers: [] }, green: { exists: false, servers: [] } },
  });
});

test('a node that is silent, or does not answer as HAProxy does, is unreachable', async () => {
  fleet = await aBackend();
  fake = await FakeRuntime.start(proxyTo(fleet.node().runtime));
  const nodes = fleet.target().nodes.map((node) => ({ ...node, runtime: fake?.address ?? '' }));
  const route = make(fleet.target({ nodes }));

  fake.fault(/./, { kind: 'half' });
  const cut = await route.read(lb1);
  fake.fault(/./, { kind: 'say', reply: 'hello\n\n'.repeat(5) });
  const strange = await route.read(lb1);
  await fake.refuse();
  const away = await route.read(lb1);

  expect([cut, strange, away]).toEqual([
    { kind: 'unreachable', node: 'lb-1', why: expect.stringContaining('lb-1') },
    {
      kind: 'unreachable',
      node: 'lb-1',
      why: expect.stringContaining("not as HAProxy answers 'show info'"),
    },
    { kind: 'unreachable', node: 'lb-1', why: expect.stringContaining('could not be reached') },
  ]);
});
