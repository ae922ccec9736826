import { afterEach, expect, test } from 'vitest';
import type { Route, WriteResult } from '../../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import { nodeName, type Side } from '../../../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../../../support/fake-runtime.ts';
import {
  aBackend,
  type OneBackendFleet,
  type OneBackendSetup,
} from '../../../../support/one-backend-fleet.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const [lb1, lb2] = [nodeName('lb-1'), nodeName('lb-2')];
let fleet: OneBackendFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 500 });

function start(more: OneBackendSetup = {}): Promise<OneBackendFleet> {
  return aBackend({
    greenOff: true,
    greenDisabled: false,
    backend: ['http-check disable-on-404'],
    ...more,
  });
}

async function fireOn(
  route: Route,
  side: Side,
  nodes: readonly (typeof lb1)[] = [lb1],
): Promise<readonly WriteResult[]> {
  const armed = await Promise.all(
    nodes.map(async (node) => {
      const reading = await route.read(node);
      if (reading.kind !== 'reached') throw new Error(reading.why);
      return route.arm(node, side, reading.worker);
    }),
  );
  return Promise.all(armed.map((one) => one.fire(openGate)));
}

const told = (side: Side) => fleet.applications[side].map((application) => application.told);

/** Every application is as it was, on both places, and so it stays. */
async function isWhollyBlue(route: Route): Promise<void> {
  expect(await route.barrier(lb1)).toBe(true);
  expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'blue' } });
  expect(fleet.applications.green.map(({ isOn }) => isOn)).toEqual([false, false]);
  expect(told('blue')).toEqual([[], []]);
}

test('one that refuses keeps all from being switched, and what was enabled is taken back', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget());
  const second = fleet.application('green', 1);
  second.switchStatus = 302;

  const [result] = await fireOn(route, 'green');

  expect(result).toEqual({
    kind: 'unknown',
    why: `g2 answered 302 (POST http://127.0.0.1:${second.port}/switch/on)`,
  });
  expect(told('green')[0]).toEqual(['POST /switch/on', 'POST /switch/off']);
  await isWhollyBlue(route);
});

test('where every one of them says no, nothing was changed', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget());
  for (const application of fleet.applications.green) application.switchStatus = 503;

  const [result] = await fireOn(route, 'green');

  expect(result).toMatchObject({
    kind: 'refused',
    why: expect.stringMatching(/^g1 answered 503 .*; g2 answered 503 /),
  });
  await isWhollyBlue(route);
});

test('one that answers too late to be believed may have taken it, whatever the others say', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget());
  const [late, refuses] = fleet.applications.green;
  if (late === undefined || refuses === undefined) throw new Error('There are two.');
  refuses.switchStatus = 503;
  const switchesOff = () => waitUntil(() => late.told.length === 2, { timeout: 20_000 });
  late.beforeSwitch = switchesOff;

  const [result] = await fireOn(route, 'green');

  expect(result).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/^g2 answered 503/) });
});

test('one that is on gets users by the line alone, so a line that was not taken elsewhere is no proof', async () => {
  fleet = await start({ nodes: 2 });
  fake = await FakeRuntime.start(proxyTo(fleet.node(1).runtime));
  fake.fault(/^set server/, { kind: 'hang' });
  const target = fleet.healthTarget();
  const nodes = target.nodes.map((node, i) =>
    i === 1 ? { ...node, runtime: fake?.address ?? '' } : node,
  );
  const route = make({ ...target, nodes });
  for (const application of fleet.applications.green) application.isOn = true;

  const results = await fireOn(route, 'green', [lb1, lb2]);

  expect(results.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
});

test('one that says yes and is not seen up keeps the old side where it is', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget({ withinMs: 600 }));
  fleet.application('green', 1).failHealth();

  const [result] = await fireOn(route, 'green');

  expect(result).toEqual({
    kind: 'unknown',
    why: expect.stringMatching(
      /^the new side was enabled and lb-1: after 1 s it has b1 UP, b2 UP, g1 UP, g2 (NOLB|DOWN)[^;]*; the old side was not told to go$/,
    ),
  });
  await isWhollyBlue(route);
});

test('with nobody there to be told nothing was applied', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget());
  await Promise.all(fleet.applications.green.map((application) => application.end()));

  const [result] = await fireOn(route, 'green');

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringMatching(/^g1 gave no answer: connect ECONNREFUSED .*; g2 gave no answer/),
  });
});

test('a node that does not take its line keeps every application as it is', async () => {
  fleet = await start({ nodes: 2 });
  fake = await FakeRuntime.start(proxyTo(fleet.node(1).runtime));
  fake.fault(/^set server/, { kind: 'hang' });
  const target = fleet.healthTarget();
  const nodes = target.nodes.map((node, i) =>
    i === 1 ? { ...node, runtime: fake?.address ?? '' } : node,
  );
  const route = make({ ...target, nodes });

  const results = await fireOn(route, 'green', [lb1, lb2]);

  expect(results).toEqual([
    { kind: 'not_applied', why: 'no application was told: another node did not take its line' },
    { kind: 'unknown', why: expect.stringContaining('lb-2 gave no whole answer') },
  ]);
  expect([told('green'), told('blue')]).toEqual([
    [[], []],
    [[], []],
  ]);
});

test('what was armed and is not fired tells nobody', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget());

  (await route.arm(lb1, 'green', { pid: 1, startedAt: 1 })).disarm();

  await isWhollyBlue(route);
});

test('an old side that does not go leaves the switch unfinished, and says so', async () => {
  fleet = await start();
  const route = make(fleet.healthTarget({ withinMs: 400 }));
  fleet.application('blue', 1).switchStatus = 500;

  const [result] = await fireOn(route, 'green');

  expect(result).toMatchObject({
    kind: 'unknown',
    why: expect.stringMatching(
      /^the old side was told to go, and after 0 s it has b1 NOLB, b2 UP, g1 UP, g2 UP\. b2 answered 500/,
    ),
  });
  expect(await route.read(lb1)).toMatchObject({
    memory: { kind: 'between', words: 'b1 off, b2 on, g1 on, g2 on' },
  });
});

test('behind the barrier it is said again, once for all nodes', async () => {
  fleet = await start({ nodes: 2 });
  const route = make(fleet.healthTarget());

  const results = await Promise.all(
    [lb1, lb2].map((node) => route.writeFenced(node, 'green', openGate)),
  );

  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  expect([told('green'), told('blue')]).toEqual([
    [['POST /switch/on'], ['POST /switch/on']],
    [['POST /switch/off'], ['POST /switch/off']],
  ]);
});

test('the barrier waits until the node sees what the applications say', async () => {
  fleet = await start({ servers: 1, server: 'check inter 300ms rise 2 fall 2' });
  const route = make(fleet.healthTarget());
  await waitUntil(async () => (await fleet.states()).includes('g1 NOLB ready'));
  fleet.application('green').isOn = true;

  expect(await route.barrier(lb1)).toBe(true);

  expect(await fleet.states()).toContain('g1 UP ready');
});

test('a reload of a node meanwhile is no success', async () => {
  // The reload has to come before two checks have seen the switch, on a busy machine, too.
  fleet = await start({ server: 'check inter 1s rise 2 fall 1' });
  const route = make(fleet.healthTarget());
  await waitUntil(async () => (await fleet.states()).includes('g2 NOLB ready'));

  fleet.application('green', 1).beforeSwitch = () => fleet.node().reload();
  const fired = fireOn(route, 'green');

  expect((await fired)[0]).toMatchObject({
    kind: 'unknown',
    why: expect.stringContaining('it was reloaded during the switch'),
  });
});
