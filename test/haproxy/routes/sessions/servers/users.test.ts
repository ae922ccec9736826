import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import { nodeName, type Side } from '../../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: OneBackendFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

/** As the engine does it: lets the side in, then moves new users there. */
async function switchTo(route: Route, side: Side): Promise<void> {
  await route.prepare?.(lb1, side, openGate);
  const reading = await route.read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  const armed = await route.arm(lb1, side, reading.worker);
  expect(await armed.fire(openGate)).toMatchObject({ kind: 'accepted', worker: reading.worker });
}

test('after the switch new users go to the new side, and who has a cookie stays', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);

  await switchTo(route, 'green');

  expect(await fleet.answering(8)).toEqual(['g1', 'g2']);
  expect(await fleet.answering(20, 'b1')).toEqual(['b1']);
  expect(await fleet.visit('b2')).toEqual({ server: 'b2', cookie: undefined });
});

test('once the old side is finished its users move, with a cookie of the new one', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  await switchTo(route, 'green');

  await route.finish?.(lb1, 'blue', openGate);

  const { server, cookie } = await fleet.visit('b1');
  expect(['g1', 'g2']).toContain(server);
  expect(cookie).toBe(server);
  expect(await fleet.states()).toEqual([
    'b1 MAINT maint',
    'b2 MAINT maint',
    'g1 UP ready',
    'g2 UP ready',
  ]);
});

test('going back is the same in reverse: who came to the new side stays there', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  await switchTo(route, 'green');
  await route.finish?.(lb1, 'blue', openGate);

  await switchTo(route, 'blue');

  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
  expect(await fleet.answering(8, 'g1')).toEqual(['g1']);
});

test('a user asks for either side explicitly, before the switch and after it, and stays there', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  await route.prepare?.(lb1, 'green', openGate);

  const early = await fleet.visit(undefined, '/?side=green');
  await switchTo(route, 'green');
  const late = await fleet.visit(undefined, '/?side=blue');
  const other = await fleet.visit('b2', '/?side=green');

  expect([early, late, other]).toEqual([
    { server: 'g1', cookie: 'g1' },
    { server: 'b1', cookie: 'b1' },
    { server: 'g1', cookie: 'g1' },
  ]);
  expect(await fleet.answering(4, late.cookie)).toEqual(['b1']);
});

test('a side that is let in is checked and gets nobody new by it; one that fails its checks is told apart', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  fleet.application('green', 1).failHealth();

  await route.prepare?.(lb1, 'green', openGate);

  // Both were checked: until then the first one only counts as up.
  await waitUntil(async () => (await fleet.states()).includes('g2 DOWN drain'));
  const greens = async () => {
    const reading = await route.read(lb1);
    return reading.kind === 'reached' ? (reading.sides.green?.servers ?? []) : [];
  };
  await waitUntil(async () => (await greens()).some(({ check }) => check === 'L7OK 200'));
  expect(await fleet.states()).toContain('g1 DRAIN drain');
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
  expect(await route.read(lb1)).toMatchObject({
    memory: { kind: 'side', side: 'blue' },
    sides: {
      green: {
        servers: [
          { name: 'g1', status: 'DRAIN', check: 'L7OK 200', health: 'healthy' },
          { name: 'g2', status: 'DOWN', health: 'down' },
        ],
      },
    },
  });
});

test('letting in touches only what is in maintenance', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());

  await route.prepare?.(lb1, 'blue', openGate);

  expect(await fleet.states()).toEqual([
    'b1 UP ready',
    'b2 UP ready',
    'g1 MAINT maint',
    'g2 MAINT maint',
  ]);
});

test('the side that has the new users is never taken out', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());

  expect(await route.finish?.(lb1, 'blue', openGate)).toMatchObject({
    why: expect.stringContaining(
      'blue was not taken out on lb-1: new users are not on green there, it holds blue',
    ),
  });
  await fleet.node().ask('set server app/b2 state drain');
  expect(await route.finish?.(lb1, 'green', openGate)).toMatchObject({
    why: expect.stringContaining('it holds neither side whole'),
  });

  expect(await fleet.answering(8)).toEqual(['b1']);
});

test('the lines by hand do the same', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());

  const lines = route.byHand(lb1, 'green', 'memory');
  for (const line of lines) {
    const [, said = ''] = /^echo "([^"]+)" \| socat stdio \/\S+admin\.sock/.exec(line) ?? [];
    await fleet.node().ask(said);
  }

  expect(lines).toEqual([
    `echo "set server app/g1 state ready;set server app/g2 state ready;set server app/b1 state drain;set server app/b2 state drain" | socat stdio ${fleet.node().folder}/admin.sock`,
    `echo "show stat app -1 -1" | socat stdio ${fleet.node().folder}/admin.sock | cut -d, -f2,18   # g1, g2: UP; b1, b2: DRAIN`,
  ]);
  expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'green' } });
  expect(route.byHand(lb1, 'green', 'disk')).toEqual([]);
});
