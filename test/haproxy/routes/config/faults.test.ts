import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Route } from '../../../../src/engine/ports.ts';
import { FakeRuntime, proxyTo } from '../../../support/fake-runtime.ts';
import type { TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { configOf, configRouteOn, configTarget, lb1, reached, settledFleet } from './config-bed.ts';

let fleet: TestFleet;
let fake: FakeRuntime;
let route: Route;

beforeEach(async () => {
  fleet = await settledFleet();
  fake = await FakeRuntime.start(proxyTo(fleet.node(0).master));
  const nodes = configTarget(fleet).nodes.map((node) => ({ ...node, master: fake.address }));
  route = configRouteOn(fleet, { nodes, reloadMs: 1_500 });
});

afterEach(async () => {
  await fake.end();
  await fleet.end();
});

const green = { kind: 'side', side: 'green' };

async function moveToGreen() {
  const { worker } = await reached(route);
  return (await route.arm(lb1, 'green', worker)).fire(openGate);
}

test.each(['cut_after', 'hang_after'] as const)(
  'an answer to reload that is lost (%s) does not matter: counters and worker tell how it ended',
  async (kind) => {
    fake.fault(/^reload$/, { kind });

    const result = await moveToGreen();

    const { worker, memory } = await reached(route);
    expect(memory).toEqual(green);
    expect(result).toEqual({ kind: 'accepted', worker, answeredAt: expect.any(Number) });
  },
);

test('a reload that never arrives is unknown, and the write behind it settles it', async () => {
  fake.fault(/^reload$/, { kind: 'hang' });

  const result = await moveToGreen();
  const between = await reached(route);
  fake.heal();
  const settled = await route.barrier(lb1);
  const again = await route.writeFenced(lb1, 'green', openGate);

  expect(result).toEqual({
    kind: 'unknown',
    why: 'its master counts no further reload 1500 ms after it was told to reload',
  });
  expect([between.memory.kind, between.disk]).toEqual(['between', green]);
  expect([settled, again.kind]).toEqual([true, 'accepted']);
  expect((await reached(route)).memory).toEqual(green);
});

test('a reload that comes late reads the file as it stands then', async () => {
  const letGo = fake.hold(/^reload$/);
  const result = await moveToGreen();
  fake.heal();
  const back = await route.writeFenced(lb1, 'blue', openGate);
  const { worker } = await reached(route);

  letGo();
  await waitUntil(async () => (await fleet.node(0).workerPid()) !== worker.pid, {
    what: 'the late reload',
  });

  expect([result.kind, back.kind]).toEqual(['unknown', 'accepted']);
  expect((await reached(route)).memory).toEqual({ kind: 'side', side: 'blue' });
  expect((await fleet.node(0).get()).body).toMatch(/^version=blue/);
});

test('a master that refuses to reload leaves the old file in place', async () => {
  const before = configOf(fleet.node(0));
  fake.fault(/^reload$/, { kind: 'say', reply: 'Permission denied\n\n' });

  const result = await moveToGreen();

  expect(result).toEqual({
    kind: 'not_applied',
    why: `its master answered "Permission denied"; ${fleet.node(0).configFile} is as it was before`,
  });
  expect(configOf(fleet.node(0))).toBe(before);
});

test('a master that cannot be asked before is told nothing, and no file is changed', async () => {
  const before = configOf(fleet.node(0));
  const { worker } = await reached(route);
  const armed = await route.arm(lb1, 'green', worker);
  await fake.refuse();

  const result = await armed.fire(openGate);

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringMatching(/; nothing was changed$/),
  });
  expect(configOf(fleet.node(0))).toBe(before);
});

test('shutting a side’s sessions down cuts that side’s alone, on the worker that was replaced', async () => {
  const node = fleet.node(0);
  const cut: string[] = [];
  await hold('blue');
  expect((await moveToGreen()).kind).toBe('accepted');
  await hold('green');
  await node.reload();
  await waitUntil(() => route.barrier(lb1));
  const blue = await route.sessions(lb1, 'blue');
  const old = await route.oldWorkers(lb1);

  await route.shutDownSessions(lb1, 'blue', openGate);

  await waitUntil(() => cut.includes('blue'), { what: 'the request on blue to be cut' });
  expect(blue).toEqual({
    node: 'lb-1',
    sessions: 0,
    stragglers: [expect.stringMatching(/^b1 from 127\.0\.0\.1:\d+ for \d+s, on old worker \d+$/)],
  });
  expect(old?.kind === 'known' && old.workers.map(({ sessions }) => sessions)).toEqual([
    { blue: 0, green: 1 },
    { blue: 1, green: 0 },
  ]);
  expect(cut).toEqual(['blue']);
  fleet.application('green').letGo();

  /** A request that stays open on the side that is active now. */
  async function hold(side: 'blue' | 'green'): Promise<void> {
    const held = request(new URL('/hold', node.frontend));
    held.on('error', () => {});
    held.on('close', () => cut.push(side));
    held.end();
    await waitUntil(() => fleet.application(side).held === 1, { what: `a request on ${side}` });
  }
});
