import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import type { ReachedNode } from '../../../../../src/release/reading.ts';
import { nodeName, type Side } from '../../../../../src/release/vocabulary.ts';
import type { TestFleet } from '../../../../support/haproxy.ts';
import type { HaproxyNode } from '../../../../support/haproxy-node.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';
import { aZoneFleet, visit, zoneTarget } from '../../../../support/zone-cookie-fleet.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
let node: HaproxyNode;
let route: Route;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

async function started(builder = aZoneFleet()): Promise<void> {
  fleet = await builder.start();
  node = fleet.node(0);
  route = make(zoneTarget(fleet));
}

async function read(): Promise<ReachedNode> {
  const reading = await route.read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading;
}

async function switchTo(side: Side): Promise<void> {
  const { worker } = await read();
  const armed = await route.arm(lb1, side, worker);
  expect(await armed.fire(openGate)).toEqual({
    kind: 'accepted',
    worker,
    answeredAt: expect.any(Number),
  });
}

/** So many visits with the same cookie, each different answer once. */
async function visits(count: number, cookie?: string) {
  const all = await Promise.all(Array.from({ length: count }, () => visit(node.frontend, cookie)));
  return [...new Set(all.map((one) => JSON.stringify(one)))].map((one) => JSON.parse(one));
}

test('before the first switch everybody is on the side of the map, and no cookie counts', async () => {
  await started();

  expect([await visits(8), await visits(8, 'blue'), await visits(8, 'green')]).toEqual([
    [{ side: 'blue', cookie: 'blue' }],
    [{ side: 'blue' }],
    [{ side: 'blue', cookie: 'blue' }],
  ]);
});

test('after the switch who has a cookie stays, and new users go to the new side and get its cookie', async () => {
  await started();

  await switchTo('green');

  expect([await visits(20, 'blue'), await visits(20), await visits(20, 'green')]).toEqual([
    [{ side: 'blue' }],
    [{ side: 'green', cookie: 'green' }],
    [{ side: 'green' }],
  ]);
  expect((await read()).memory).toEqual({ kind: 'side', side: 'green' });
});

test('the fenced write does the same, also where the zone has no key yet', async () => {
  await started(aZoneFleet().withMap('# sides\nactive backend_blue\nother x\n'));

  expect(await route.writeFenced(lb1, 'green', openGate)).toMatchObject({ kind: 'accepted' });

  expect([await visits(8, 'blue'), await visits(8)]).toEqual([
    [{ side: 'blue' }],
    [{ side: 'green', cookie: 'green' }],
  ]);
  expect([await node.memory('active.zone'), await node.memory('other')]).toEqual(['on', 'x']);
});

test('the forced cut-over moves who stayed, in memory and after a reload', async () => {
  await started();
  await switchTo('green');
  await route.persist(lb1, 'green', openGate);

  await route.finish?.(lb1, 'blue', openGate);

  expect(await visits(20, 'blue')).toEqual([{ side: 'green', cookie: 'green' }]);
  expect(node.disk()).toBe('active backend_green\nactive.zone off\n');
  await node.reload();
  expect(await visits(20, 'blue')).toEqual([{ side: 'green', cookie: 'green' }]);
});

test('who stayed stays through a reload once the release is accepted', async () => {
  await started();
  await switchTo('green');

  await route.persist(lb1, 'green', openGate);
  await node.reload();

  expect(node.disk()).toBe('active backend_green\nactive.zone on\n');
  expect([await visits(8, 'blue'), await visits(8)]).toEqual([
    [{ side: 'blue' }],
    [{ side: 'green', cookie: 'green' }],
  ]);
});

test('going back is the same in reverse', async () => {
  await started();
  await switchTo('green');
  await route.finish?.(lb1, 'blue', openGate);

  await switchTo('blue');

  expect([await visits(8, 'green'), await visits(8)]).toEqual([
    [{ side: 'green' }],
    [{ side: 'blue', cookie: 'blue' }],
  ]);
});

test('a user asks for either side with a link while both have users, and stays there', async () => {
  await started();
  await switchTo('green');

  const asked = [
    await visit(node.frontend, undefined, '/release?zone=blue'),
    await visit(node.frontend, 'blue', '/release?zone=green'),
    await visit(node.frontend, 'blue', '/release?zone=red'),
  ];

  expect(asked).toEqual([
    { side: 'blue', cookie: 'blue' },
    { side: 'green', cookie: 'green' },
    { side: 'blue', cookie: undefined },
  ]);
});

test('users of a side that has no server any more follow the map', async () => {
  await started();
  await switchTo('green');

  fleet.application('blue').failHealth();

  await waitUntil(async () => (await visit(node.frontend, 'blue')).cookie === 'green');
  expect(await visits(8, 'blue')).toEqual([{ side: 'green', cookie: 'green' }]);
});

test('requests of users who stayed are counted, so that the old side is not taken for left', async () => {
  await started();
  await switchTo('green');
  const { served } = await route.sessions(lb1, 'blue');

  await visits(3, 'blue');
  await visits(5);

  expect(await route.sessions(lb1, 'blue')).toEqual({
    node: lb1,
    sessions: 0,
    stragglers: [],
    served: (served ?? 0) + 3,
  });
});

test('the zone key is a gate of its own', async () => {
  await started();
  expect((await read()).ownGates).toEqual([
    { gate: 'key active.zone', holds: true, sentence: 'the map has the key active.zone once' },
  ]);

  await node.ask(`del map ${node.mapFile} active.zone`);

  expect((await read()).ownGates).toEqual([
    {
      gate: 'key active.zone',
      holds: false,
      sentence: `the map ${node.mapFile} must have the key active.zone once, and it is not there: put one line \`active.zone off\` into ${node.mapFile} and reload`,
    },
  ]);
});

test('a cut-over whose key is gone is refused, and the file is left as it is', async () => {
  await started();
  await node.ask(`del map ${node.mapFile} active.zone`);

  expect(await route.finish?.(lb1, 'blue', openGate)).toMatchObject({
    why: expect.stringContaining('entry not found.'),
  });

  expect(node.disk()).toBe('active backend_blue\nactive.zone off\n');
});

test('the lines for a person set both keys', async () => {
  await started();
  const { mapFile } = node;
  const socat = `socat stdio ${node.runtime.replace('unix://', '')}`;

  expect(route.byHand(lb1, 'green', 'memory')[0]).toBe(
    `echo "set map ${mapFile} active.zone on;set map ${mapFile} active backend_green" | ${socat}`,
  );
  expect(route.byHand(lb1, 'green', 'disk')).toHaveLength(4);
});
