import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Bench } from '../bench.ts';
import { shopOn, statesOf } from './a-shop.ts';

let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).withServers(3).start();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const release = { kind: 'release', service: 'checkout' } as const;
const allReady = { b1: 'ready', b2: 'ready', b3: 'ready' };

test('takes every server in turn on every node, and each is healthy again before the next', async () => {
  bench = new Bench(shopOn(fleet));

  await bench.ask('U0RITA', { ...release, version: '1.4.2' });
  const { ended, servers } = await bench.until('checkout-1', 'completed');

  expect(ended?.sentence).toBe(
    'Every server of backend_blue was taken in turn (b1, b2, b3) and is ready on all 2 nodes.',
  );
  expect(servers?.open).toEqual([]);
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  expect(bench.store.service('checkout').servers).toEqual({
    desired: allReady,
    release: 'checkout-1',
    version: '1.4.2',
  });
  const phases = bench.store
    .rowsOf('checkout-1')
    .flatMap(({ what }) => (what.kind === 'batch_entered' ? [`${what.batch} ${what.phase}`] : []));
  const each = ['drain', 'empty', 'maint', 'ready', 'healthy'];
  expect(phases).toEqual([0, 1, 2].flatMap((batch) => each.map((phase) => `${batch} ${phase}`)));
});

test('waits for approval of the plan where the service wants it, and names what it will do', async () => {
  bench = new Bench(
    shopOn(fleet, { approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 } }),
  );

  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_approval');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  const approved = await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');

  expect(approved).toMatchObject({
    text: 'You approved checkout-1: backend_blue: b1, then b2, then b3.',
  });
});

test('a server that does not come back stops it: the others are not touched, Re-apply goes on from there', async () => {
  const gates = { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 1_500 } as const;
  bench = new Bench(shopOn(fleet, { gates }));
  const sick = fleet.application('blue', 1);

  await bench.ask('U0RITA', release);
  await waitUntil(() => bench.release('checkout-1').servers?.batch === 1);
  sick.failHealth();
  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toContain('b2 did not come back healthy in time');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  sick.recover();
  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  const drained = bench.store
    .rowsOf('checkout-1')
    .flatMap(({ what }) =>
      what.kind === 'servers_intent' && what.settings.some(({ state }) => state === 'drain')
        ? what.settings.map(({ server }) => server)
        : [],
    );
  expect(drained).toEqual(['b1', 'b1', 'b2', 'b2', 'b3', 'b3']);
});

test('Roll back in the middle puts back what is out and ends it Aborted', async () => {
  bench = new Bench(shopOn(fleet, { drain: { timeoutMs: 60_000, then: 'wait' } }));
  const held = fetch(`${fleet.node(0).frontend}/hold`).catch(() => undefined);
  await waitUntil(() => fleet.applications.blue.some((app) => app.held === 1));
  const index = fleet.applications.blue.findIndex((app) => app.held === 1);

  await bench.ask('U0RITA', release);
  await waitUntil(
    async () => {
      const [first] = await statesOf(fleet);
      return (
        first?.[`b${index + 1}`] === 'drain' &&
        bench.release('checkout-1').servers?.phase === 'empty'
      );
    },
    { timeout: 20_000 },
  );
  const reply = await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  const { ended } = await bench.until('checkout-1', 'aborted');

  expect(reply).toMatchObject({
    text: 'checkout-1 ends: what it has out is being put back on every node.',
  });
  expect(ended?.sentence).toBe('Taken back by @U0RITA. What was out is back as it was.');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  expect(bench.store.service('checkout').servers?.desired).toMatchObject({ b1: 'ready' });
  fleet.application('blue', index).letGo();
  await held;
});

test('batches of two: both are out together, and one stays', async () => {
  bench = new Bench(shopOn(fleet, {}, 2));

  const planned = await bench.ask('U0RITA', { kind: 'plan', service: 'checkout' });
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'completed');

  expect(planned).toMatchObject({
    kind: 'plan',
    sentences: [
      expect.stringMatching(/^Drain backend_blue\/b1, backend_blue\/b2 on lb-1, lb-2, /),
      expect.stringMatching(/^Drain backend_blue\/b3 on lb-1, lb-2, /),
    ],
  });
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
});

test('a batch of all servers at once is refused: nobody would be left', async () => {
  bench = new Bench(shopOn(fleet, {}, 3));

  expect(await bench.ask('U0RITA', release)).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining(
      'without b1, b2, b3 no healthy server is left: there is no other',
    ),
  });
});
