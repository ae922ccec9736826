import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
beforeEach(async () => {
  fleet = await aFleet().start();
});
afterEach(async () => {
  await bench.end();
  await fleet.end();
});

test('the end of the bake is no deadline for the acceptance that follows it', async () => {
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 1 },
      bake: { forMs: 50, errorRate: 0.01, latency: 2, minimumRequests: 1 },
    }),
  );

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  const release = await bench.until('checkout-1', 'completed');

  expect(release.decisions).toEqual(['Accepted by @U0RITA']);
});
