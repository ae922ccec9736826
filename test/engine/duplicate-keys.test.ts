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

/** In memory only, where a lookup of 2.6 does not show it. */
async function addTwin(): Promise<void> {
  const node = fleet.node(0);
  await node.ask(`add map ${node.mapFile} active backend_blue`);
}

test('a key that stands in the map twice is refused when it is asked for', async () => {
  bench = new Bench(checkoutOn(fleet));
  await addTwin();

  const reply = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });

  expect(reply).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('twice in the map (backend_blue, backend_blue)'),
  });
});

test('one that stands twice in the file alone is refused before anything is sent', async () => {
  bench = new Bench(checkoutOn(fleet));
  fleet.node(0).writeDisk('active backend_blue\n# the same again\nactive backend_blue\n');

  const reply = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });

  expect(reply).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('twice in the map (backend_blue, backend_blue)'),
  });
});

test.each([1, 2])('and before the switch, where it came later (%d readings)', async (readings) => {
  const gates = { healthyReadings: readings, minimumHealthy: 'all' as const, timeoutMs: 5_000 };
  bench = new Bench(checkoutOn(fleet, { gates }));
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await addTwin();

  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  const release = await bench.until('checkout-1', 'failed');

  expect(release.ended?.sentence).toContain('twice in the map');
  expect(bench.kinds('checkout-1')).not.toContain('intent');
  expect(await fleet.node(0).memory()).toBe('backend_blue');
});
