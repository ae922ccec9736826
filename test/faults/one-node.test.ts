import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bench, checkoutOn } from '../engine/bench.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type Fault, FaultProxy, isWrite } from './fault-proxy.ts';

let fleet: TestFleet;
let proxies: readonly FaultProxy[];
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(3).start();
  proxies = await Promise.all(
    fleet.nodes.map((node) => new FaultProxy(fleet.folder, node.name, node.runtime).start()),
  );
  bench = new Bench(
    checkoutOn(
      fleet,
      { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } },
      (name) => proxies[fleet.nodes.findIndex((node) => node.name === name)]?.address,
    ),
  );
});

afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.heal()));
  await bench.end();
  await Promise.all(proxies.map((proxy) => proxy.end()));
  await fleet.end();
});

const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const proxy = (index: number): FaultProxy => {
  const one = proxies[index];
  if (one === undefined) throw new Error(`no proxy ${index}`);
  return one;
};

/** I2: every line that changes a node was preceded by a committed intent; I3: every intent is closed. */
function expectIntentsBehindEveryWrite(id: string): void {
  const rows = bench.store.rowsOf(id);
  const intents = rows.filter(({ what }) => what.kind === 'intent' && what.effect === 'memory');
  for (const [index, one] of proxies.entries()) {
    const node = `lb-${index + 1}`;
    const writes = one.writes().filter(({ line }) => /^(set|commit) map/.test(line));
    const behind = intents.filter((row) => row.node === node);
    expect(behind.length, `intents of ${node}`).toBeGreaterThanOrEqual(writes.length);
  }
  expect(bench.release(id).openIntents).toEqual([]);
}

const writeFaults: readonly Fault[] = [
  { kind: 'hang' },
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'cut' },
  { kind: 'lie' },
  { kind: 'error' },
];

describe.each(writeFaults)('a write that meets "$kind"', (fault) => {
  test.each([0, 1, 2])('on node %i takes the whole fleet back to stable', async (index) => {
    await proxy(index).set(fault, { when: isWrite, times: 1 });

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    await bench.until('checkout-1', 'rolled_back');

    expect(await memories()).toEqual(Array(3).fill('backend_blue'));
    expect(bench.engine.openRelease('checkout')).toBeUndefined();
    expectIntentsBehindEveryWrite('checkout-1');
  });
});

test('a node that is away after its write: the others go back, attention is called with the lock held, and healing ends it', async () => {
  await proxy(1).set({ kind: 'hang' }, { when: isWrite });

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await waitUntil(() => proxy(1).writes().length > 0, { what: 'the write to lb-2' });
  await proxy(1).set({ kind: 'refuse' });
  const release = await bench.until('checkout-1', 'needs_attention');
  const others = [await fleet.node(0).memory(), await fleet.node(2).memory()];
  const holder = bench.engine.openRelease('checkout')?.id;
  await proxy(1).heal();
  const ended = await bench.until('checkout-1', 'rolled_back');

  expect(others).toEqual(['backend_blue', 'backend_blue']);
  expect(holder).toBe('checkout-1');
  expect(release.attention?.byHand[0]).toMatch(
    /^echo "set map \S+ active backend_blue" \| socat stdio \S+$/,
  );
  expect(await memories()).toEqual(Array(3).fill('backend_blue'));
  expect(ended.openIntents).toEqual([]);
});

test('a frozen node that carries out a timed-out switch later ends on stable all the same', async () => {
  await proxy(2).set({ kind: 'delay', ms: 200 }, { when: isWrite, times: 1 });

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await waitUntil(() => proxy(2).writes().length > 0, { what: 'the write to lb-3' });
  await fleet.node(2).pause();
  await waitUntil(() => bench.release('checkout-1').goingBack !== undefined, {
    what: 'going back',
  });
  fleet.node(2).resume();
  await bench.until('checkout-1', 'rolled_back');

  expect(await memories()).toEqual(Array(3).fill('backend_blue'));
  expectIntentsBehindEveryWrite('checkout-1');
});
