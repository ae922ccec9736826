import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
const noApproval = { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } };

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  bench = new Bench(checkoutOn(fleet, noApproval));
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const release = { kind: 'release', service: 'checkout' } as const;
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const disks = () => fleet.nodes.map((node) => node.disk());

async function fallenBack(): Promise<void> {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).reload();
  await bench.until('checkout-1', 'needs_attention');
}

test('a reload before acceptance is told, and Re-apply brings the node to the new side again', async () => {
  await fallenBack();
  const told = bench.release('checkout-1').attention;

  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
  await bench.until('checkout-1', 'awaiting_acceptance');

  expect(told?.why).toMatch(/^lb-2 reloaded at \d\d:\d\d UTC and is back on blue\.$/);
  const lines = told?.byHand.map((line) => /\/lb-\d\//.exec(line)?.[0]);
  expect(lines).toEqual(Array(3).fill('/lb-2/'));
  expect(told?.choice).toEqual({ reapply: 'green', accept: 'blue' });
  expect(await memories()).toEqual(['backend_green', 'backend_green']);
});

test('Accept blue takes the others back too', async () => {
  await fallenBack();

  await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout-1', side: 'blue' });
  await bench.until('checkout-1', 'aborted');

  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('an operator settles what needs attention: memory and disk of every node, then the lock is free', async () => {
  await fallenBack();

  const reply = await bench.ask('U0OLAF', {
    kind: 'settle',
    release: 'checkout-1',
    side: 'green',
    because: 'green is fine',
  });
  await bench.until('checkout-1', 'completed');

  expect(reply.kind).toBe('done');
  expect(await memories()).toEqual(['backend_green', 'backend_green']);
  expect(disks()).toEqual(Array(2).fill('active backend_green\n'));
  expect(bench.engine.openRelease('checkout')).toBeUndefined();
});

test('nodes that differ are refused, naming adopt, and adopt makes them alike', async () => {
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_green`);

  const refused = await bench.ask('U0RITA', release);
  await bench.ask('U0OLAF', {
    kind: 'adopt',
    service: 'checkout',
    side: 'green',
    because: 'found half switched',
  });
  await bench.until('checkout-1', 'completed');

  expect(refused).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('`/release adopt checkout blue|green because <reason>`'),
  });
  expect(await memories()).toEqual(['backend_green', 'backend_green']);
  expect(disks()).toEqual(Array(2).fill('active backend_green\n'));
});

test('an accepted release that cannot be persisted is an alarm with the lock held, and goes on when it can', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  fleet.node(1).writeDisk('active backend_blue\nactive backend_blue\n');

  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  const alarm = await bench.until('checkout-1', 'needs_attention');
  fleet.node(1).writeDisk('active backend_blue\n');
  await bench.until('checkout-1', 'completed');

  expect(alarm.attention?.why).toContain('Accepted, but not persisted on every node');
  expect(disks()).toEqual(Array(2).fill('active backend_green\n'));
});

test('a clean stop parks a release that waits for acceptance; the next start goes on there', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');

  await bench.close();
  bench.open();
  await waitUntil(() => bench.kinds('checkout-1').includes('recovered'));
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');

  expect(bench.kinds('checkout-1')).toContain('parked');
  expect(disks()).toEqual(Array(2).fill('active backend_green\n'));
});

test('the drift watch tells once of a map changed by another hand, and offers both sides', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  await bench.watch.round();
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_blue`);

  await bench.watch.round();
  await bench.watch.round();

  const told = bench.store.pending().filter(({ announcement }) => announcement.kind === 'channel');
  expect(told.map(({ announcement }) => announcement).slice(-1)).toEqual([
    {
      kind: 'channel',
      service: 'checkout',
      text: 'checkout: Another hand changed the map: lb-1 has blue in memory, not green.\nRe-apply (role releaser) brings back green; Accept blue (role releaser) keeps blue.',
      reapply: { side: 'green', found: 'blue' },
    },
  ]);
  expect(
    told.filter(({ announcement: a }) => 'text' in a && a.text.includes('Another hand')),
  ).toHaveLength(1);
});

test('the drift watch tells of a node that is gone, and of its return', async () => {
  await bench.watch.round();
  await fleet.node(1).stop();
  await bench.watch.round();
  await fleet.node(1).start();
  await bench.watch.round();

  const texts = bench.store
    .pending()
    .flatMap(({ announcement }) => (announcement.kind === 'channel' ? [announcement.text] : []));
  expect(texts).toEqual([
    expect.stringMatching(/^checkout: lb-2 does not answer/),
    expect.stringMatching(
      /^checkout: lb-2 answers again, started anew at \d\d:\d\d UTC, and is on blue, as it should be\.$/,
    ),
  ]);
});

test('a release that the old side cannot take back is refused, and an override goes anyway', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  for (const node of fleet.nodes) await node.ask('disable server backend_blue/b1');

  const refused = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.ask('U0OLAF', {
    kind: 'rollback',
    service: 'checkout',
    because: 'it must',
    override: true,
  });
  await bench.until('checkout-1', 'aborted');

  expect(refused).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('no server of backend_blue is healthy on lb-1, lb-2'),
  });
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a frozen node does not keep a rollback from writing to the others', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).pause();

  const asked = bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await waitUntil(async () => (await fleet.node(0).memory()) === 'backend_blue');
  const other = bench.release('checkout-1').state;
  fleet.node(1).resume();
  await asked;
  await bench.until('checkout-1', 'aborted');

  expect(other).not.toBe('aborted');
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('an operator adopts a side where the key is gone from a map', async () => {
  await fleet.node(0).ask(`del map ${fleet.node(0).mapFile} active`);

  await bench.ask('U0OLAF', {
    kind: 'adopt',
    service: 'checkout',
    side: 'green',
    because: 'the key is gone',
  });
  await bench.until('checkout-1', 'completed');

  expect(await memories()).toEqual(['backend_green', 'backend_green']);
});
