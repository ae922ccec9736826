import { afterEach, beforeEach, expect, test } from 'vitest';
import { takenBack } from '../../src/release/plan-words.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(3).withServers(2).start();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const disks = () => fleet.nodes.map((node) => node.disk());

test('a release goes through every stage and ends with memory and disk on the new side', async () => {
  bench = new Bench(checkoutOn(fleet));

  const asked = await bench.ask('U0RITA', {
    kind: 'release',
    service: 'checkout',
    version: '2.0',
    because: 'new prices',
  });
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  const before = { memory: await memories(), disk: disks() };
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  const release = await bench.until('checkout-1', 'completed');

  expect(asked).toEqual({
    kind: 'done',
    text: 'checkout-1 asks to move checkout from blue to green. It waits for 1 approval.',
    release: 'checkout-1',
  });
  expect(before).toEqual({
    memory: ['backend_green', 'backend_green', 'backend_green'],
    disk: Array(3).fill('active backend_blue\n'),
  });
  expect(await memories()).toEqual(['backend_green', 'backend_green', 'backend_green']);
  expect(disks()).toEqual(Array(3).fill('active backend_green\n'));
  expect(release.openIntents).toEqual([]);
  expect(release.decisions).toEqual(['Approved by @U0ANN', 'Accepted by @U0RITA']);
  expect(bench.complaints).toEqual([]);
  expect(bench.kinds('checkout-1')).toEqual([
    'requested',
    'awaiting_approval',
    'approved',
    'approval_completed',
    'stage_entered',
    'gates_checked',
    'stage_entered',
    'intent',
    'intent',
    'intent',
    'switched',
    'stage_entered',
    'result',
    'result',
    'result',
    'verified',
    'stage_entered',
    'smoked',
    'stage_entered',
    'acceptance_awaited',
    'accepted',
    'stage_entered',
    'intent',
    'intent',
    'intent',
    'result',
    'result',
    'result',
    'persisted',
    'stage_entered',
    'drain_started',
    'drained',
    'ended',
  ]);
});

test('a rollback after acceptance is a release of its own: memory, then disk, on every node', async () => {
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 1 },
      accept: 'auto',
    }),
  );
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'completed');

  const reply = await bench.ask('U0RITA', {
    kind: 'rollback',
    service: 'checkout',
    because: 'slow',
  });
  const release = await bench.until('checkout-2', 'completed');

  expect(reply).toEqual({
    kind: 'done',
    text: 'checkout-2, takes back checkout-1: checkout goes to blue on every node now.',
    release: 'checkout-2',
  });
  expect(await memories()).toEqual(Array(3).fill('backend_blue'));
  expect(disks()).toEqual(Array(3).fill('active backend_blue\n'));
  expect(takenBack(release.plan)).toBe('checkout-1');
  expect(bench.release('checkout-1').state).toBe('completed');
});

test('a rollback in flight aborts: every node is back on stable and the disk was never written', async () => {
  bench = new Bench(
    checkoutOn(fleet, { approval: { approvers: 0, selfApproval: false, expiresMs: 1 } }),
  );
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');

  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-1', 'aborted');

  expect(await memories()).toEqual(Array(3).fill('backend_blue'));
  expect(disks()).toEqual(Array(3).fill('active backend_blue\n'));
  expect(bench.engine.openRelease('checkout')).toBeUndefined();
});

test('a smoke test that finds the wrong side takes every node back by itself', async () => {
  const wrong = {
    name: 'version',
    path: '/release',
    headers: {},
    expect: { status: 200, bodyContains: 'version=purple' },
  };
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 1 },
      smoke: [wrong],
    }),
  );

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const release = await bench.until('checkout-1', 'rolled_back');

  expect(await memories()).toEqual(Array(3).fill('backend_blue'));
  expect(release.ended?.by).toBe('system:smoke');
});

test('a node that is gone before the switch: a gate refuses and nothing is moved', async () => {
  bench = new Bench(
    checkoutOn(fleet, {
      gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 300 },
    }),
  );
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await fleet.node(2).stop();

  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  const release = await bench.until('checkout-1', 'failed');

  expect(release.ended?.sentence).toContain('reachable: lb-3');
  expect(await fleet.node(0).memory()).toBe('backend_blue');
});

test('an unhealthy new side is refused by the gates, with the server named', async () => {
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 1 },
      gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 200 },
    }),
  );
  await fleet.node(0).ask('disable server backend_green/g1');

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const release = await bench.until('checkout-1', 'failed');

  expect(release.ended?.sentence).toContain(
    '1 of 2 servers of backend_green healthy, all needed: g1 is MAINT',
  );
});
