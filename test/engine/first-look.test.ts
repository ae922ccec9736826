import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { lookForTheFirstTime } from '../../src/engine/first-look.ts';
import { TestClock } from '../support/clock.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';
import { shopOn } from './servers/a-shop.ts';

let fleet: TestFleet;
let bench: Bench;

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());
afterEach(async () => {
  for (const node of fleet.nodes) {
    node.resume();
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
  await bench.end();
});

const never = new AbortController().signal;
const told = () =>
  bench.store.pending().flatMap(({ announcement: one }) => ('text' in one ? [one.text] : []));

test('what the first look finds alike is adopted and told once, also by the next start', async () => {
  bench = new Bench(checkoutOn(fleet));

  await lookForTheFirstTime(bench.engine, never);
  await bench.close();
  bench.open();
  await lookForTheFirstTime(bench.engine, never);

  expect(told()).toEqual([
    'checkout was found on blue on 2 nodes and is stable there from now on.',
  ]);
  expect(bench.store.service('checkout').accepted).toMatchObject({
    side: 'blue',
    by: 'system:adopt',
  });
});

test('where the nodes are not alike nothing is adopted, and an operator is told how, once', async () => {
  bench = new Bench(checkoutOn(fleet));
  const node = fleet.node(1);
  await node.ask(`set map ${node.mapFile} active backend_green`);

  await lookForTheFirstTime(bench.engine, never);
  await lookForTheFirstTime(bench.engine, never);

  expect(told()).toEqual([
    'checkout: its nodes were not found alike: in memory lb-1 has blue, lb-2 has green. No side is stable until an operator names it: `/release adopt checkout blue|green because <reason>`.',
  ]);
  expect(bench.store.service('checkout').accepted).toBeUndefined();
});

test('a node that does not answer is waited for, and who asks for a release meanwhile is not', async () => {
  bench = new Bench(checkoutOn(fleet));
  await fleet.node(1).pause();

  const looking = lookForTheFirstTime(bench.engine, never);
  const asked = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  expect([asked.kind, told()]).toEqual(['refused', []]);
  fleet.node(1).resume();
  const again = waitUntil(async () => {
    const reply = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    return reply.kind === 'done';
  });
  await Promise.all([looking, again]);

  const adopted = bench.store
    .history({ service: 'checkout', limit: 100 })
    .filter(({ sentence }) => sentence.includes('adopted'));
  expect(adopted).toHaveLength(1);
});

test('many services on a node that does not answer ask it once a round, and are all told when it does', async () => {
  const config = checkoutOn(fleet);
  const [checkout] = config.services.values();
  if (checkout === undefined) throw new Error('no service');
  const names = Array.from({ length: 12 }, (_, i) => `shop-${String.fromCharCode(97 + i)}`);
  const services = new Map(names.map((name) => [name, { ...checkout, name }]));
  bench = new Bench({ ...config, services });
  const asked: string[] = [];
  const clock = new TestClock();
  const { deps } = bench.engine;
  const route: typeof deps.route = (target) => {
    const one = deps.route(target);
    return {
      ...one,
      read: (node, ...more) => {
        asked.push(node);
        return one.read(node, ...more);
      },
    };
  };
  const engine = Object.assign(Object.create(bench.engine), { deps: { ...deps, route, clock } });
  await fleet.node(1).pause();

  const looking = lookForTheFirstTime(engine, never);
  await waitUntil(() => clock.sleepers === 1);
  const once = asked.filter((node) => node === 'lb-2');
  fleet.node(1).resume();
  clock.advance(config.drift.everyMs);
  await looking;

  expect(once).toHaveLength(1);
  expect(told()).toHaveLength(12);
});

test('single servers are told as they are found', async () => {
  bench = new Bench(shopOn(fleet));
  await fleet.node(1).ask('set server backend_blue/b1 state maint');

  await lookForTheFirstTime(bench.engine, never);
  await lookForTheFirstTime(bench.engine, never);
  await fleet.node(1).ask('set server backend_blue/b1 state ready');

  expect(told()).toEqual([
    'checkout: found on 2 nodes, backend backend_blue: lb-1: 1 of 1 server ready; lb-2: 0 of 1 server ready, b1 maint.',
  ]);
});
