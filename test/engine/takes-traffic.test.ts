import { afterEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const gates = (minimumHealthy: 'all' | number) =>
  ({ healthyReadings: 1, minimumHealthy, timeoutMs: 1_500 }) as const;

/** Asked for, approved, and how it rests; with the gate's words where it was refused. */
async function released(): Promise<{ readonly state: string; readonly why: string }> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  const release = await waitUntil(
    () => {
      const now = bench.release('checkout-1');
      return ['failed', 'awaiting_acceptance'].includes(now.state) && now;
    },
    { timeout: 30_000, what: 'checkout-1 to rest' },
  );
  return { state: release.state, why: release.ended?.sentence ?? '' };
}

const memory = () => fleet.node(0).memory();
const ask = (line: string) => fleet.node(0).ask(line);

test('a side whose servers are up and have weight 0 is refused, named, and how to mend it', async () => {
  fleet = await aFleet().withServers(2).start();
  bench = new Bench(checkoutOn(fleet, { gates: gates('all') }));
  await ask('set weight backend_green/g1 0;set weight backend_green/g2 0');

  const { state, why } = await released();

  expect(state).toBe('failed');
  expect(why).toContain(
    '0 of 2 servers of backend_green healthy, all needed: g1, g2 have weight 0: set weight backend_green/g1 100',
  );
  expect(why).toContain('HAProxy says that backend_green is DOWN');
  expect(await memory()).toBe('backend_blue');
});

test.each([
  ['all', 'failed'],
  [1, 'awaiting_acceptance'],
] as const)('one of two with weight 0, %s needed: %s', async (needed, end) => {
  fleet = await aFleet().withServers(2).start();
  bench = new Bench(checkoutOn(fleet, { gates: gates(needed) }));
  await ask('set weight backend_green/g1 0%');

  expect((await released()).state).toBe(end);
});

test('a backup server neither counts as healthy nor is needed', async () => {
  fleet = await aFleet()
    .withServers(2)
    .edited((config) => config.replace(/(server g2 .*)/, '$1 backup'))
    .start();
  bench = new Bench(checkoutOn(fleet, { gates: gates('all') }));

  const well = await released();
  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');
  fleet.application('green', 0).failHealth();
  await waitUntil(async () => /green,g1,.*,DOWN,/.test(await ask('show stat')));
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-2' });
  const refused = await bench.until('checkout-2', 'failed');

  expect(well.state).toBe('awaiting_acceptance');
  expect(refused.ended?.sentence).toMatch(
    /0 of 1 server of backend_green healthy, all needed: g1 is DOWN .*, g2 is a backup and does not count/,
  );
  expect(await memory()).toBe('backend_blue');
});

test('slots that wait for an address do not count, and a person who took one out still refuses', async () => {
  fleet = await aFleet()
    .withServers(2)
    .withSection('resolvers r\n    nameserver n 127.0.0.1:1')
    .edited((config) =>
      config.replace(
        /(server g2 .*)/,
        '$1\n    server-template slot 3 app.invalid:80 init-addr none resolvers r',
      ),
    )
    .start();
  bench = new Bench(checkoutOn(fleet, { gates: gates(2) }));

  const well = await released();
  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');
  await ask('set server backend_green/g2 state maint');
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-2' });
  const refused = await bench.until('checkout-2', 'failed');

  expect(well.state).toBe('awaiting_acceptance');
  expect(refused.ended?.sentence).toMatch(
    /1 of 2 servers of backend_green healthy, 2 needed: g2 is MAINT/,
  );
});

test('the way back asks the same of the old side, and status says so', async () => {
  fleet = await aFleet().withServers(2).start();
  bench = new Bench(checkoutOn(fleet));
  await released();
  await ask('set weight backend_blue/b1 0;set weight backend_blue/b2 0');

  const status = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });
  const back = await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await ask('set weight backend_blue/b1 1');
  const ready = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });

  expect(status).toMatchObject({ status: { rollback: { to: 'blue', ready: 0, nodes: 1 } } });
  expect(back).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining(
      'would answer 503 (lb-1: b1, b2 have weight 0: set weight backend_blue/b1 100; HAProxy says that backend_blue is DOWN). Start blue first',
    ),
  });
  expect(ready).toMatchObject({ status: { rollback: { to: 'blue', ready: 1, nodes: 1 } } });
});
