import { afterEach, expect, test } from 'vitest';
import type { Config, Service } from '../../src/config/config.ts';
import {
  aConfigFleet,
  configOf,
  configTarget,
  settledFleet,
} from '../haproxy/routes/config/config-bed.ts';
import type { TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutFor } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

/** `checkout` has the default_backend, `shop` a use_backend line of the same frontend. */
function twoServices(): Config {
  const rules: Partial<Service> = {
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    smoke: [],
  };
  const config = checkoutFor(configTarget(fleet), rules);
  const [checkout] = config.services.values();
  if (checkout === undefined) throw new Error('There is no checkout.');
  const target = configTarget(fleet, { useBackend: 'if is_shop' });
  const shop: Service = { ...checkout, name: 'shop', target };
  return { ...config, services: new Map([...config.services, ['shop', shop]]) };
}

const stateOf = (id: string) => bench.store.release(id)?.state;
const linesOf = (index: number) => configOf(fleet.node(index)).match(/\w+_backend backend_\w+/g);

test('of two services of one haproxy.cfg released at once, one is moved and the other not touched; asked again, it goes', async () => {
  const frontend = 'use_backend backend_blue if is_shop\n    default_backend backend_blue';
  fleet = await settledFleet(
    aConfigFleet().withNodes(2).withFrontend(`acl is_shop path_beg /shop\n    ${frontend}`),
  );
  bench = new Bench(twoServices());
  const services = ['checkout', 'shop'] as const;

  await Promise.all(services.map((service) => bench.ask('U0RITA', { kind: 'release', service })));
  const settled = ['awaiting_acceptance', 'failed', 'rolled_back'];
  await waitUntil(
    () => services.every((service) => settled.includes(stateOf(`${service}-1`) ?? '')),
    { timeout: 20_000, what: 'both releases to come to rest' },
  );
  const late = services.filter((service) => stateOf(`${service}-1`) !== 'awaiting_acceptance');
  for (const service of late) {
    await bench.ask('U0RITA', { kind: 'release', service });
    await bench.until(`${service}-2`, 'awaiting_acceptance');
  }

  const green = ['use_backend backend_green', 'default_backend backend_green'];
  expect(late.length).toBeLessThan(2);
  expect([linesOf(0), linesOf(1)]).toEqual([green, green]);
  expect(bench.store.openReleases().map(({ state }) => state)).toEqual([
    'awaiting_acceptance',
    'awaiting_acceptance',
  ]);
  expect(bench.complaints).toEqual([]);
});
