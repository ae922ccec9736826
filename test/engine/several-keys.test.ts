import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutFor } from './bench.ts';

// Two keys of one map that move together. One late line among fast ones: test/engine/late-lines.test.ts.

const keys = ['active', 'second'] as const;
let fleet: TestFleet;
let bench: Bench;

beforeAll(async () => {
  fleet = await aFleet()
    .withNodes(2)
    .withMap(keys.map((key) => `${key} backend_blue\n`).join(''))
    .start();
});
beforeEach(async () => {
  for (const { mapFile } of fleet.nodes) for (const key of keys) await set(mapFile, key, 'blue');
  for (const node of fleet.nodes) node.writeDisk(file('blue'));
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutFor(fleet.target(keys), { approval, smoke: [] }));
});
afterEach(() => bench.end());
afterAll(() => fleet.end());

function set(mapFile: string, key: string, side: string): Promise<unknown> {
  const node = fleet.nodes.find((one) => one.mapFile === mapFile);
  return node?.ask(`set map ${mapFile} ${key} backend_${side}`) ?? Promise.resolve();
}
const file = (side: string) => keys.map((key) => `${key} backend_${side}\n`).join('');
const held = async () => {
  const all = fleet.nodes.flatMap((node) => keys.map((key) => node.memory(key)));
  return [...new Set(await Promise.all(all)), ...new Set(fleet.nodes.map((node) => node.disk()))];
};
const onBoth = (side: string) => [`backend_${side}`, file(side)];

async function released(): Promise<void> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

async function accepted(): Promise<void> {
  await released();
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
}

test('a release moves both, in memory and on disk, and a rollback takes both back', async () => {
  await accepted();
  const moved = await held();
  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(moved).toEqual(onBoth('green'));
  expect(await held()).toEqual(onBoth('blue'));
});

test('a node with one key on each side is neither, needs a person, and is taken back whole', async () => {
  await released();
  await set(fleet.node(1).mapFile, 'second', 'blue');
  bench.watch.start();
  const { attention } = await bench.until('checkout-1', 'needs_attention');
  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');

  expect(attention?.why).toMatch(/lb-2.*blue for second, green for active/);
  expect(await held()).toEqual(onBoth('blue'));
});

test('one key that another hand moves is drift that names it, and Re-apply mends it', async () => {
  await accepted();
  await set(fleet.node(0).mapFile, 'active', 'blue');
  const notices = () =>
    bench.store
      .rowsSince(0)
      .filter(({ what }) => what.kind === 'drift_seen')
      .map(({ what }) => JSON.stringify(what));
  bench.watch.start();
  await waitUntil(() => notices().length > 0, { what: 'the drift to be told' });
  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });
  await waitUntil(
    () =>
      bench.store.openReleases().length === 0 && bench.store.service('checkout').lastNumber === 2,
  );

  expect(notices().join()).toContain('blue for active, green for second');
  expect(await held()).toEqual(onBoth('green'));
});
