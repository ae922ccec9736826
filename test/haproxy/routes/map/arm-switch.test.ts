import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import type { Worker } from '../../../../src/release/reading.ts';
import { nodeName } from '../../../../src/release/vocabulary.ts';
import { FakeRuntime, type Fault, proxyTo } from '../../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { plainSides } from '../../../support/two-backends.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const mono = () => performance.now();
const patient = makeRoute({ mono, deadlineMs: 10_000 });
const hasty = makeRoute({ mono, deadlineMs: 1000 });

async function workerOf(route: Route): Promise<Worker> {
  const reading = await route.read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading.worker;
}

/** A route to the fleet's first node through a proxy that can fail. */
async function throughFake(make = patient): Promise<Route> {
  fake = await FakeRuntime.start(proxyTo(fleet.node(0).runtime));
  const nodes = [{ ...fleet.node(0).target, runtime: fake.address }];
  return make({ ...fleet.target(), nodes });
}

test('arm, then fire: the traffic moves, and the answer names worker and time', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const route = patient(fleet.target());
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', worker);
  expect((await node.get()).body).toMatch(/^version=blue/);
  const before = performance.now();
  const result = await armed.fire(openGate);

  expect(result).toEqual({ kind: 'accepted', worker, answeredAt: expect.any(Number) });
  expect(result.kind === 'accepted' && result.answeredAt).toBeGreaterThan(before);
  expect((await node.get()).body).toMatch(/^version=green/);
});

test('a switch that is disarmed sends nothing', async () => {
  fleet = await aFleet().start();
  const route = await throughFake();

  const armed = await route.arm(lb1, 'green', { pid: 1, startedAt: 1 });
  armed.disarm();
  const result = await armed.fire(openGate);

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringContaining('nothing was sent'),
  });
  expect(fake?.bytes).toBe('');
});

test('a switch armed before a reload is taken by the old worker, and so not applied', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const route = patient(fleet.target());
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', worker);
  // Connected is not accepted yet: what still waits at the socket is taken by the new worker.
  await waitUntil(async () => (await node.ask('show sess')).split('fe=GLOBAL').length > 2);
  await node.reload();
  const result = await armed.fire(openGate);

  expect(result).toEqual({
    kind: 'not_applied',
    why: `worker ${worker.pid} took it, and a reload has replaced that worker`,
  });
  expect(await node.memory()).toBe('backend_blue');
});

test('a switch armed after a reload nobody expected is not applied in the eyes of its plan', async () => {
  fleet = await aFleet().start();
  const route = patient(fleet.target());
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', { ...worker, startedAt: worker.startedAt - 1 });
  const result = await armed.fire(openGate);

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringContaining('answered instead of'),
  });
});

test("a key that is not there is refused in HAProxy's words", async () => {
  fleet = await aFleet().withMap('other x\n').start();
  const route = patient(fleet.target());

  const armed = await route.arm(lb1, 'green', await workerOf(route));

  expect(await armed.fire(openGate)).toEqual({
    kind: 'refused',
    why: `HAProxy answered "entry not found." to "set map ${fleet.node(0).mapFile} active backend_green; …"`,
  });
});

test('a node that cannot be connected to is not armed', async () => {
  fleet = await aFleet().start();
  const route = await throughFake();
  await fake?.refuse();

  await expect(route.arm(lb1, 'green', { pid: 1, startedAt: 1 })).rejects.toThrow(
    /^lb-1 could not be reached for "set map /,
  );
});

const faults: readonly [Fault, string][] = [
  [{ kind: 'hang' }, 'backend_blue'],
  [{ kind: 'hang_after' }, 'backend_green'],
  [{ kind: 'cut' }, 'backend_blue'],
  [{ kind: 'cut_after' }, 'backend_green'],
  [{ kind: 'silent' }, 'backend_green'],
  [{ kind: 'half' }, 'backend_green'],
  [{ kind: 'half', bytes: 1 }, 'backend_green'],
  [{ kind: 'say', reply: '\n\n' }, 'backend_blue'],
  [{ kind: 'say', reply: 'entry not found.\n\n' }, 'backend_blue'],
  [{ kind: 'endless' }, 'backend_blue'],
  [{ kind: 'late', ms: 1500 }, 'backend_green'],
];

test.each(faults)(
  'no whole answer (%j) is unknown, whatever became of it',
  async (fault, became) => {
    fleet = await aFleet().start();
    const route = await throughFake(hasty);
    const worker = await workerOf(route);
    fake?.fault(/^set map/, fault);

    const result = await (await route.arm(lb1, 'green', worker)).fire(openGate);

    expect(result.kind).toBe('unknown');
    await waitUntil(async () => (await fleet.node(0).memory()) === became);
    expect(fake?.heard.filter(({ line }) => line.startsWith('set map'))).toHaveLength(1);
  },
);

test('the barrier is false while the node is silent and true when it has worked off what was queued', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const route = hasty(fleet.target());
  const worker = await workerOf(route);
  const armed = await route.arm(lb1, 'green', worker);

  await node.pause();
  expect((await armed.fire(openGate)).kind).toBe('unknown');
  expect(await route.barrier(lb1)).toBe(false);
  node.resume();
  expect(await route.barrier(lb1)).toBe(true);

  expect(await node.memory()).toBe('backend_green');
});

test('one answer is not enough for the barrier, and two too close together are not either', async () => {
  fleet = await aFleet().start();
  const route = await throughFake(hasty);
  fake?.fault(/./, { kind: 'hang' }, 1);

  expect(await route.barrier(lb1)).toBe(false);
  // A busy machine can make one gap long by itself, hardly all of them.
  for (let i = 0; i < 6; i += 1) expect(await route.barrier(lb1)).toBe(true);

  const [, ...moments] = fake?.heard.map(({ at }) => at) ?? [];
  const gaps = moments.flatMap((at, i) => (i % 2 === 1 ? [at - (moments[i - 1] ?? at)] : []));
  expect(gaps).toHaveLength(6);
  expect(Math.min(...gaps)).toBeGreaterThan(95);
});

test('an armed connection that HAProxy closed by itself was told nothing', async () => {
  fleet = await aFleet().withGlobal('stats timeout 100ms').start();
  const route = patient(fleet.target());
  const armed = await route.arm(lb1, 'green', await workerOf(route));

  await pause(300);
  const result = await armed.fire(openGate);

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringContaining('nothing was sent'),
  });
  expect(await fleet.node(0).memory()).toBe('backend_blue');
});
test('names that HAProxy could misread are refused before a connection is opened', async () => {
  fleet = await aFleet().start();
  await throughFake();
  const bad = {
    ...fleet.target(),
    ...plainSides('a;b', 'c\nd'),
  };
  const nodes = [{ ...fleet.node(0).target, runtime: fake?.address ?? '' }];
  const route = patient({ ...bad, nodes });

  await expect(route.arm(lb1, 'green', { pid: 1, startedAt: 1 })).rejects.toThrow(
    'was not sent to HAProxy',
  );
  await expect(route.read(lb1)).rejects.toThrow('was not sent to HAProxy');
  expect(await route.writeFenced(lb1, 'green', openGate)).toMatchObject({ kind: 'not_applied' });

  expect(fake?.heard.filter(({ line }) => /[;\n]/.test(line.replace(';show map', '')))).toEqual([]);
});
