import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import type { Worker } from '../../../../src/release/reading.ts';
import { nodeName } from '../../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';
import type { HaproxyNode } from '../../../support/haproxy-node.ts';
import { gateOf, openGate } from '../../../support/open-gate.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const mono = () => performance.now();
const patient = makeRoute({ mono, deadlineMs: 10_000 });
const hasty = makeRoute({ mono, deadlineMs: 1000 });

async function workerOf(route: Route): Promise<Worker> {
  const reading = await route.read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading.worker;
}

/** The whole map as the worker has it, without what is its own affair. */
async function listed(node: HaproxyNode): Promise<string> {
  const reply = await node.ask(`show map ${node.mapFile}`);
  return reply.slice(0, -1).replace(/^0x\w+ /gm, '');
}

/** A route to the fleet's first node through a proxy that can fail. */
async function throughFake(make = patient, key: string | string[] = 'active'): Promise<Route> {
  fake = await FakeRuntime.start(proxyTo(fleet.node(0).runtime));
  const nodes = [{ ...fleet.node(0).target, runtime: fake.address }];
  return make({ ...fleet.target(key), nodes });
}

test('the fenced write replaces the version and keeps every other entry, its order included', async () => {
  const others = Array.from({ length: 500 }, (_, i) => `host-${i}.example.com/shop backend_web\n`);
  fleet = await aFleet()
    .withMap(`${others.join('')}active backend_blue\nlast x\n`)
    .start();
  const node = fleet.node(0);
  const route = patient(fleet.target());
  const before = await listed(node);

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result).toEqual({
    kind: 'accepted',
    worker: await workerOf(route),
    answeredAt: expect.any(Number),
  });
  expect(await listed(node)).toBe(before.replace('active backend_blue', 'active backend_green'));
  expect(await node.ask('show map')).toMatch(/curr_ver=1 /);
});

test('a version that was overtaken is refused by HAProxy itself', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const route = await throughFake();
  const letGo = fake?.hold(/^commit map @1 /);

  const overtaken = route.writeFenced(lb1, 'green', openGate);
  await waitUntil(() => fake?.heard.some(({ line }) => line.startsWith('commit map @1')));
  // Another program, which does not know of our locks.
  expect(await node.ask(`prepare map ${node.mapFile}`)).toBe('New version created: 2\n\n');
  await node.ask(`add map @2 ${node.mapFile} active backend_blue`);
  expect(await node.ask(`commit map @2 ${node.mapFile}`)).toBe('\n');
  letGo?.();

  expect(await overtaken).toEqual({
    kind: 'refused',
    why: expect.stringMatching(
      /^HAProxy answered "Version number out of range." to "commit map .1 .*; …"$/,
    ),
  });
  expect(await node.memory()).toBe('backend_blue');
});

test('entries of every printable character are written anew as they are', async () => {
  const characters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const others = characters.map((one, i) => `k${one}${i}${one} ${one}v${one}\n`).join('');
  fleet = await aFleet().withMap(`${others}active backend_blue\n`).start();
  const node = fleet.node(0);
  const route = await throughFake();

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(fake?.heard.some(({ line }) => line.startsWith('commit map @1 '))).toBe(true);
  expect(await listed(node)).toBe(`${others}active backend_green\n`);
});

test('the own key may hold what has to be escaped', async () => {
  fleet = await aFleet().withMap('^/v[0-9]+/ backend_blue\n').start();

  const result = await patient(fleet.target('^/v[0-9]+/')).writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await listed(fleet.node(0))).toBe('^/v[0-9]+/ backend_green\n');
});

// None of them keeps the traffic from going back. Which entries cannot be written anew: test/haproxy/command-line.test.ts.
test.each([
  [
    'entries that cannot be written exactly',
    'note two words\nbare\n  #y z v\nm\u00fcller v\u00e4\nctl\u0001 v\u0002\ntab v\tw\n',
  ],
  ['more than is copied', Array.from({ length: 40_000 }, (_, i) => `host-${i} v\n`).join('')],
])(
  'in a map with %s the keys alone are set, and added where they are missing',
  async (_, others) => {
    fleet = await aFleet().withMap(`${others}active backend_blue\n`).start();
    const node = fleet.node(0);
    const before = await listed(node);
    const route = await throughFake(patient, ['active', 'new']);

    const result = await route.writeFenced(lb1, 'green', openGate);

    expect(result).toEqual({
      kind: 'accepted',
      worker: await workerOf(route),
      answeredAt: expect.any(Number),
    });
    const moved = before.replace('active backend_blue', 'active backend_green');
    expect(await listed(node)).toBe(`${moved}new backend_green\n`);
    expect(fake?.heard.map(({ line }) => line.split(' ')[0])).not.toContain('prepare');
  },
);

test('so is a key that somebody has added a second time', async () => {
  fleet = await aFleet().withMap('active backend_blue\nactive backend_blue\n').start();

  const result = await patient(fleet.target()).writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await fleet.node(0).memory()).toBe('backend_green');
});

test('a HAProxy without versions of maps is written like any other', async () => {
  fleet = await aFleet().start();
  const route = await throughFake();
  fake?.fault(/^prepare map/, { kind: 'say', reply: 'Unknown command, but maybe ...\n\n' });

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await fleet.node(0).memory()).toBe('backend_green');
});

test('a key that is missing is written at the end: `set map` could not', async () => {
  fleet = await aFleet().withMap('other x\n').start();
  const route = await throughFake();

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await fleet.node(0).memory()).toBe('backend_green');
  expect(await fleet.node(0).memory('other')).toBe('x');
});

test('an entry over two lines stays as it is', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  await node.ask(`add map ${node.mapFile} <<\nbadline\nm5 y\n`);

  const result = await patient(fleet.target()).writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await listed(node)).toBe('active backend_green\nbadline\nm5 y\n');
});

test('a change that came in while the version was prepared is not overwritten', async () => {
  fleet = await aFleet().withMap('active backend_blue\nother x\n').start();
  const node = fleet.node(0);
  const route = await throughFake();
  const letGo = fake?.hold(/^add map/);

  const writing = route.writeFenced(lb1, 'green', openGate);
  await waitUntil(() => fake?.heard.some(({ line }) => line.startsWith('add map')));
  await node.ask(`set map ${node.mapFile} other y`);
  letGo?.();
  const result = await writing;

  expect(result.kind).toBe('accepted');
  expect(await node.memory('other')).toBe('y');
  expect(await node.memory()).toBe('backend_green');
  expect(fake?.heard.some(({ line }) => line.startsWith('commit map'))).toBe(false);
});

test.each(['add map', 'show info;show map'])(
  'after a reload before `%s` the new worker has the side',
  async (line) => {
    fleet = await aFleet().start();
    const node = fleet.node(0);
    const route = await throughFake();
    const letGo = fake?.hold(new RegExp(`^${line}`));
    // The first `show info;show map` comes before the version is prepared.
    if (line.startsWith('show')) fake?.fault(/^show info;show map/, { kind: 'answer' }, 1);

    const writing = route.writeFenced(lb1, 'green', openGate);
    await waitUntil(() => {
      const lines = fake?.heard.map((heard) => heard.line) ?? [];
      return lines.some((heard) => heard.startsWith('prepare')) && lines.at(-1)?.startsWith(line);
    });
    await node.reload();
    letGo?.();

    expect(await writing).toMatchObject({ kind: 'accepted', worker: await workerOf(route) });
    expect(await node.memory()).toBe('backend_green');
  },
);

test.each([
  ['prepare', 'not_applied'],
  ['add', 'not_applied'],
  ['show info;show map', 'not_applied'],
  ['commit', 'unknown'],
])('a node that falls silent at `%s` leaves the fenced write %s', async (verb, kind) => {
  fleet = await aFleet().start();
  const route = await throughFake(hasty);
  fake?.fault(new RegExp(`^${verb}`), { kind: 'hang' });

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe(kind);
});

test('fenced writes of one map come one after the other', async () => {
  fleet = await aFleet().withMap('active backend_blue\nother backend_blue\n').start();
  const node = fleet.node(0);

  const results = await Promise.all([
    patient(fleet.target('active')).writeFenced(lb1, 'green', openGate),
    patient(fleet.target('other')).writeFenced(lb1, 'green', openGate),
  ]);

  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  expect([await node.memory('active'), await node.memory('other')]).toEqual([
    'backend_green',
    'backend_green',
  ]);
});

test('a fenced write whose release is interrupted commits nothing', async () => {
  fleet = await aFleet().start();
  const route = await throughFake();
  const controller = new AbortController();
  const gate = gateOf(controller.signal);
  fake?.fault(/^add map/, { kind: 'late', ms: 100 });

  const writing = route.writeFenced(lb1, 'green', gate);
  await waitUntil(() => fake?.heard.some(({ line }) => line.startsWith('add map')));
  controller.abort(new Error('interrupted'));

  expect(await writing).toMatchObject({
    kind: 'not_applied',
    why: expect.stringContaining('The new version was not committed'),
  });
  expect(fake?.heard.some(({ line }) => line.startsWith('commit map'))).toBe(false);
});
