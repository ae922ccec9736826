import { afterEach, expect, test } from 'vitest';
import { mapNode } from '../../../../src/haproxy/maps/map-node.ts';
import { scanMap } from '../../../../src/haproxy/maps/scan-map.ts';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import { nodeName } from '../../../../src/release/vocabulary.ts';
import { FakeRuntime, type Fault, proxyTo } from '../../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 500 });

const silent: readonly [string, Fault, RegExp][] = [
  ['hangs', { kind: 'hang' }, /not whole after 500 ms/],
  ['is cut', { kind: 'cut' }, /no whole answer/],
  ['closes without a word', { kind: 'silent' }, /without a byte/],
  ['answers half', { kind: 'half' }, /cut short|replies are missing|cannot be read/],
  [
    'answers one reply of seven',
    { kind: 'say', reply: 'Name: HAProxy\n\n' },
    /replies are missing/,
  ],
  [
    'is no HAProxy',
    { kind: 'say', reply: 'a\n\nb\n\nc\n\nd\n\ne\n\nf\n\ng\n\n' },
    /not as HAProxy answers/,
  ],
  ['is a web server', { kind: 'say', reply: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, /cut short/],
];

test.each(silent)('a node that %s is a reading too', async (_name, fault, why) => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  fake = await FakeRuntime.start(proxyTo(node.runtime));
  fake.fault(/./, fault);
  const nodes = [{ ...node.target, runtime: fake.address }];

  const reading = await make({ ...fleet.target(), nodes }).read(lb1);

  expect(reading).toEqual({
    kind: 'unreachable',
    node: 'lb-1',
    why: expect.stringMatching(why),
    disk: { kind: 'side', side: 'blue' },
  });
});

test('a whole map that is cut short, or is of another worker, passes no gate', async () => {
  fleet = await aFleet().withMap('active backend_blue\nactive backend_blue\n').start();
  const node = fleet.node(0);
  fake = await FakeRuntime.start(proxyTo(node.runtime));
  const nodes = [{ ...node.target, runtime: fake.address }];
  const route = make({ ...fleet.target(), nodes });
  const info = await node.ask('show info');

  fake.fault(/show map/, { kind: 'half' });
  const half = await route.read(lb1, undefined, 'whole');
  fake.fault(/show map/, { kind: 'say', reply: `${info}Permission denied\n\n` });
  const refused = await route.read(lb1, undefined, 'whole');
  const other = info.replace(/^Pid: \d+$/m, 'Pid: 1');
  fake.fault(/show map/, { kind: 'say', reply: `${other}0x1 active backend_blue\n\n` });
  const replaced = await route.read(lb1, undefined, 'whole');

  const unread = (why: string) => ({
    memory: { kind: 'side', side: 'blue' },
    ownGates: [{ gate: 'map read', holds: false, sentence: expect.stringContaining(why) }],
  });
  expect(half.kind).toBe('unreachable');
  expect(refused).toMatchObject(unread('`show map` with "Permission denied"'));
  expect(replaced).toMatchObject(unread('it was reloaded while'));
  expect([refused, replaced].some((reading) => 'sharedWith' in reading)).toBe(false);
});

test('a map that is too large is told as that, not as a node that does not answer', async () => {
  fleet = await aFleet().start();
  const { target, options, api, at } = mapNode(fleet.target(), lb1, { mono: performance.now });

  expect(await scanMap({ target, options, api, at }, undefined, 1024)).toBe(
    `the map ${at.mapId} is too large to be read whole: its list is longer than 1024 bytes`,
  );
});

test('every way to cut the reply short is noticed', async () => {
  fleet = await aFleet().withMap('active backend_blue\napi backend_green\n').start();
  const node = fleet.node(0);
  const target = { ...fleet.target() };
  fake = await FakeRuntime.start(proxyTo(node.runtime));
  const route = make({ ...target, nodes: [{ ...node.target, runtime: fake.address }] });
  await route.read(lb1);
  const whole = await node.ask(fake.heard[0]?.line ?? '');

  for (let length = 0; length < whole.length; length += 1) {
    fake.heal();
    fake.fault(/./, { kind: 'say', reply: whole.slice(0, length) });
    const reading = await route.read(lb1);
    expect([length, reading.kind]).toEqual([length, 'unreachable']);
  }
});

test('a stopped node is unreachable, and an aborted reading ends with the reason', async () => {
  fleet = await aFleet().start();
  await fleet.node(0).pause();
  const controller = new AbortController();

  const reading = make(fleet.target()).read(lb1, controller.signal);
  controller.abort(new Error('no longer wanted'));
  await expect(reading).rejects.toThrow('no longer wanted');
  await fleet.node(0).stop();

  expect(await make(fleet.target()).read(lb1)).toMatchObject({ kind: 'unreachable' });
});
