import { writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import { noCounters } from '../../../../src/release/reading.ts';
import { nodeName, type Side } from '../../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { plainSides } from '../../../support/two-backends.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

function sideOf(fleetNow: TestFleet, side: Side) {
  return {
    side,
    backend: `backend_${side}`,
    exists: true,
    servers: fleetNow.applications[side].map(({ name, port }) => ({
      name,
      address: `127.0.0.1:${port}`,
      status: 'UP',
      check: 'L7OK 200',
      word: 'up',
      health: 'healthy',
      sessions: 0,
      limit: null,
      throttle: null,
      weight: 1,
      backup: false,
    })),
    counters: { ...noCounters, averages: [{ requests: 0, ttime: expect.any(Number) }] },
    sessions: 0,
    queued: 0,
  };
}

test.each(['unix', 'tcp'])('a node is read whole over %s, memory and disk apart', async (kind) => {
  const builder = aFleet().withServers(2);
  fleet = await (kind === 'tcp' ? builder.overTcp() : builder).start();
  const node = fleet.node(0);
  await node.ask(`set map ${node.mapFile} active backend_green`);

  // While a check runs its code is not there.
  const reading = await waitUntil(async () => {
    const now = await make(fleet.target()).read(lb1, undefined, 'whole');
    const servers =
      now.kind === 'reached' ? [...now.sides.blue.servers, ...now.sides.green.servers] : [];
    return servers.length > 0 && servers.every(({ check }) => check === 'L7OK 200') && now;
  });

  expect(reading).toEqual({
    kind: 'reached',
    node: 'lb-1',
    worker: { pid: await node.workerPid(), startedAt: expect.any(Number) },
    version: expect.stringMatching(/^\d+\.\d+/),
    stopping: false,
    level: 'admin',
    memory: { kind: 'side', side: 'green' },
    disk: { kind: 'side', side: 'blue' },
    sides: { blue: sideOf(fleet, 'blue'), green: sideOf(fleet, 'green') },
    sharedWith: [],
  });
});

test('requests, errors, health, drain and long sessions of a side show in its reading', async () => {
  fleet = await aFleet().withServers(2).withServerOption('maxconn 10').start();
  const node = fleet.node(0);
  const [b1, b2] = fleet.applications.blue;
  b1?.answerWith(500);
  b2?.answerWith(500);
  await node.get();
  await node.get();
  const held = node.get('/hold');
  await waitUntil(() => (b1?.held ?? 0) + (b2?.held ?? 0) === 1);
  await node.ask('set server backend_green/g1 state drain');
  await node.ask('set server backend_green/g2 state maint');

  const reading = await make(fleet.target()).read(lb1);

  for (const application of fleet.applications.blue) application.letGo();
  await held;
  if (reading.kind !== 'reached') throw new Error(reading.why);
  const { blue, green } = reading.sides;
  expect([blue.counters.stot, blue.counters.hrsp5xx, blue.sessions]).toEqual([3, 2, 1]);
  expect(blue.servers.map(({ limit }) => limit)).toEqual([10, 10]);
  expect(green.servers.map(({ health, status }) => [health, status])).toEqual([
    ['drain', 'DRAIN'],
    ['maint', 'MAINT'],
  ]);
});

test.each([
  ['active backend_purple\n', { kind: 'foreign', value: 'backend_purple' }],
  ['active backend_blue extra\n', { kind: 'foreign', value: 'backend_blue extra' }],
  ['other x\n', { kind: 'missing' }],
  ['', { kind: 'missing' }],
  ['active a\nactive b\n', { kind: 'duplicate', values: ['a', 'b'] }],
])('a map with %j is %j in memory and on disk alike', async (text, held) => {
  fleet = await aFleet().withMap(text).start();

  const reading = await make(fleet.target()).read(lb1, undefined, 'whole');

  expect(reading).toMatchObject({ memory: held, disk: held });
});

test('the file is read as HAProxy itself loads it', async () => {
  const nasty = '#x 1\n x \t 2  \r\n  #x 3\n\nbare\ny\t5\n \t\nz  a  b #c\nlast 9';
  fleet = await aFleet().withMap(nasty).start();
  const keys = ['x', '#x', 'bare', 'y', 'z', 'last', '#', 'absent'];

  const readings = await Promise.all(
    keys.map((key) => make(fleet.target(key)).read(lb1).catch(String)),
  );

  expect(
    readings.map(
      (reading) => typeof reading === 'object' && reading.kind === 'reached' && reading.memory,
    ),
  ).toEqual(
    readings.map(
      (reading) => typeof reading === 'object' && reading.kind === 'reached' && reading.disk,
    ),
  );
  expect(readings[0]).toMatchObject({ memory: { kind: 'foreign', value: '2' } });
  expect(readings[4]).toMatchObject({ memory: { kind: 'foreign', value: 'a  b #c' } });
});

test('a key that a bad payload smuggled in beside ours makes nothing healthy', async () => {
  fleet = await aFleet().withMap('first backend_blue\n').start();
  const node = fleet.node(0);
  await node.ask(`add map ${node.mapFile} <<\nbadline\nactive backend_green\n`);

  const reading = await make(fleet.target()).read(lb1, undefined, 'whole');

  expect(reading).toMatchObject({ memory: { kind: 'missing' }, sharedWith: ['first'] });
});

test("a map that is not loaded is unreadable in HAProxy's own words", async () => {
  fleet = await aFleet().start();
  const [at] = fleet.target().nodes;
  if (at === undefined) throw new Error('no node');
  const target = { ...fleet.target(), nodes: [{ ...at, mapId: '/nowhere.map' }] };

  const reading = await make(target).read(lb1);

  expect(reading).toMatchObject({
    kind: 'reached',
    memory: {
      kind: 'unreadable',
      why: 'HAProxy answered `get map` with "Unknown map identifier. Please use #<id> or <file>."',
    },
    disk: { kind: 'side', side: 'blue' },
  });
});

test('a backend that this node does not have, and other users of the map, are told', async () => {
  fleet = await aFleet()
    .withMap('active backend_blue\napi backend_blue\nshop backend_web\nold backend_green\n')
    .withSection('frontend backend_gren\n    default_backend backend_green\n')
    .start();
  const sides = plainSides('backend_blue', 'backend_gren');

  const reading = await make({ ...fleet.target(), ...sides }).read(lb1, undefined, 'whole');

  expect(reading).toMatchObject({
    sharedWith: ['api'],
    sides: { blue: { exists: true }, green: { exists: false, servers: [] } },
  });
});

test('below admin the level is told, and what the level does not allow to read is unreadable', async () => {
  fleet = await aFleet().withLevel('operator').start();

  const reading = await make(fleet.target()).read(lb1);

  if (reading.kind !== 'reached') throw new Error(reading.why);
  expect([reading.level, reading.sides.blue.exists]).toEqual(['operator', true]);
  // 3.4 is the first to ask for admin here.
  expect([
    { kind: 'side', side: 'blue' },
    { kind: 'unreadable', why: 'HAProxy answered `get map` with "Permission denied"' },
  ]).toContainEqual(reading.memory);
});

test('of a map of 50,000 entries only the key is read, until it is asked for whole', async () => {
  const hosts = Array.from({ length: 50_000 }, (_, i) => `host-${i}.example.com backend_blue\n`);
  fleet = await aFleet()
    .withMap(`${hosts.join('')}active backend_green\nactive backend_green\n`)
    .start();
  const said: number[] = [];
  const real = proxyTo(fleet.node(0).target.runtime);
  const counting = await FakeRuntime.start(async (line) => {
    const reply = await real(line);
    said.push(reply.length);
    return reply;
  });
  const nodes = fleet.target().nodes.map((node) => ({ ...node, runtime: counting.address }));
  const route = make({ ...fleet.target(), nodes });

  const byKey = await route.read(lb1);
  const [bytesByKey = 0, ...more] = said.splice(0);
  const whole = await route.read(lb1, undefined, 'whole');
  await counting.end();

  expect(byKey).toMatchObject({ memory: { kind: 'side', side: 'green' } });
  expect(byKey).not.toHaveProperty('sharedWith');
  expect([bytesByKey < 20_000, more]).toEqual([true, []]);
  expect(whole).toMatchObject({
    memory: { kind: 'duplicate', values: ['backend_green', 'backend_green'] },
    sharedWith: [...Array.from({ length: 20 }, (_, i) => `host-${i}.example.com`), 'and others'],
  });
  expect(Math.max(...said)).toBeGreaterThan(2_000_000);
});

test('a key that is a pattern is read from the whole map: its own text need not find it', async () => {
  fleet = await aFleet()
    .withMap('^/api/v[0-9]+/ backend_blue\n^/ backend_green\n')
    .withFrontend('use_backend %[path,map_reg({map})]')
    .start();
  const route = make(fleet.target('^/api/v[0-9]+/'));

  const before = await route.read(lb1);
  if (before.kind !== 'reached') throw new Error(before.why);
  await (await route.arm(lb1, 'green', before.worker)).fire(openGate);

  expect(before).toMatchObject({ memory: { kind: 'side', side: 'blue' } });
  expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'green' } });
});

test('a map that is looked up in two ways holds one side, and what differs is told', async () => {
  fleet = await aFleet()
    .withMap('active backend_blue\n')
    .withFrontend(
      'use_backend %[path,map_beg({map})] if { path_beg /shop/ }\n    use_backend %[str(active),map({map},backend_blue)]',
    )
    .start();
  const route = make(fleet.target());

  const before = await route.read(lb1);
  if (before.kind !== 'reached') throw new Error(before.why);
  await (await route.arm(lb1, 'green', before.worker)).fire(openGate);

  expect(before).toMatchObject({ memory: { kind: 'side', side: 'blue' } });
  expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'green' } });
});

test('a file that cannot be read leaves the memory readable', async () => {
  fleet = await aFleet().start();
  const [at] = fleet.target().nodes;
  if (at === undefined) throw new Error('no node');
  writeFileSync(`${fleet.folder}/file`, '');
  const target = {
    ...fleet.target(),
    nodes: [{ ...at, mapFile: `file://${fleet.folder}/file/x` }],
  };

  const reading = await make(target).read(lb1);

  expect(reading).toMatchObject({
    memory: { kind: 'side', side: 'blue' },
    disk: { kind: 'unreadable', why: expect.stringContaining('ENOTDIR') },
  });
});
