import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { aZoneFleet, visit, zoneTarget } from '../support/zone-cookie-fleet.ts';
import { Bench, checkoutFor } from './bench.ts';

const idleMs = 600;
let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aZoneFleet().withNodes(2).start();
});
afterEach(async () => {
  await bench.end();
  await fleet.end();
});

function open(drainMs: number): void {
  const rules = {
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    drain: { timeoutMs: drainMs, then: 'wait' },
  } as const;
  bench = new Bench(checkoutFor(zoneTarget(fleet, idleMs), rules));
}

async function toDraining(): Promise<void> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'draining');
}

const zones = () => Promise.all(fleet.nodes.map((node) => node.memory('active.zone')));
/** Comes back to the first node with blue's cookie until told otherwise. */
async function comeBack(until: () => boolean): Promise<readonly (string | undefined)[]> {
  const sides: (string | undefined)[] = [];
  while (!until()) {
    sides.push((await visit(fleet.node(0).frontend, 'blue')).side);
    await pause(50);
  }
  return [...new Set(sides)];
}

test('a side is not done while a user comes back, and finished by itself when nobody does', async () => {
  open(60_000);
  await toDraining();
  let gone = false;
  const user = comeBack(() => gone);

  const shown = await waitUntil(() =>
    bench.shown.find(({ text }) => /users still come/.test(text)),
  );
  const onTheWay = await zones();
  gone = true;
  const sides = await user;
  await bench.until('checkout-1', 'completed');

  expect(shown).toMatchObject({ text: expect.stringContaining('sessions left on blue') });
  expect(shown.done).toBeLessThan(shown.total ?? 0);
  expect([sides, onTheWay, await zones()]).toEqual([['blue'], ['on', 'on'], ['off', 'off']]);
  expect(fleet.nodes.map((node) => node.disk())).toEqual(
    Array(2).fill('active backend_green\nactive.zone off\n'),
  );
});

test('at the deadline a person moves who is still there: the cookie counts no more', async () => {
  open(300);
  await toDraining();
  let gone = false;
  const user = comeBack(() => gone);
  await waitUntil(() => bench.release('checkout-1').drain?.asking);

  await bench.ask('U0RITA', { kind: 'shut_down_sessions', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  const after = await visit(fleet.node(0).frontend, 'blue');
  gone = true;
  await user;

  expect(after).toEqual({ side: 'green', cookie: 'green' });
  expect(await zones()).toEqual(['off', 'off']);
});
