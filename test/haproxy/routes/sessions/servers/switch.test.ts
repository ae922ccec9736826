import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import type { Worker } from '../../../../../src/release/reading.ts';
import { nodeName, serverName } from '../../../../../src/release/vocabulary.ts';
import { FakeRuntime, type Fault, proxyTo } from '../../../../support/fake-runtime.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: OneBackendFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  await fleet.end();
});

const mono = () => performance.now();
const make = makeRoute({ mono, deadlineMs: 10_000 });
const hasty = makeRoute({ mono, deadlineMs: 500 });

/** A route to the first node through a proxy that can fail. */
async function throughFake(maker = make): Promise<Route> {
  fake = await FakeRuntime.start(proxyTo(fleet.node().runtime));
  const nodes = fleet.target().nodes.map((node) => ({ ...node, runtime: fake?.address ?? '' }));
  return maker(fleet.target({ nodes }));
}

async function workerOf(route: Route): Promise<Worker> {
  const reading = await route.read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading.worker;
}

const memoryOf = async () => {
  const reading = await make(fleet.target()).read(lb1);
  return reading.kind === 'reached' ? reading.memory : reading;
};
const blue = { kind: 'side', side: 'blue' };
const green = { kind: 'side', side: 'green' };

test('all servers are set on one line, the new ones first, and the answer names worker and time', async () => {
  fleet = await aBackend();
  const route = await throughFake();
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', worker);
  expect(await memoryOf()).toEqual(blue);
  const result = await armed.fire(openGate);

  expect(result).toEqual({ kind: 'accepted', worker, answeredAt: expect.any(Number) });
  expect(fake?.heard.at(-1)?.line).toBe(
    'set server app/g1 state ready;set server app/g2 state ready;set server app/b1 state drain;set server app/b2 state drain;show info',
  );
  expect(await memoryOf()).toEqual(green);
});

test('an old server that is in maintenance already stays there', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  await fleet.node().ask('set server app/b2 state maint');

  await (await route.arm(lb1, 'green', await workerOf(route))).fire(openGate);

  expect(await fleet.states()).toEqual(
    expect.arrayContaining(['b1 DRAIN drain', 'b2 MAINT maint']),
  );
  expect(await memoryOf()).toEqual(green);
});

test('what was armed and is not fired writes nothing', async () => {
  fleet = await aBackend();
  const route = await throughFake();

  const armed = await route.arm(lb1, 'green', await workerOf(route));
  armed.disarm();

  expect(await armed.fire(openGate)).toMatchObject({ kind: 'not_applied' });
  expect(fake?.heard.filter(({ line }) => line.startsWith('set server'))).toEqual([]);
});

test('of a line that is carried out in part nobody knows before it is read: it is neither side', async () => {
  fleet = await aBackend();
  const target = fleet.target();
  const wrong = { ...target.servers, green: [serverName('g1'), serverName('g9')] };
  const route = make(fleet.target({ servers: wrong }));

  const armed = await route.arm(lb1, 'green', await workerOf(route));

  expect(await armed.fire(openGate)).toEqual({
    kind: 'unknown',
    why: 'HAProxy answered "No such server." to 1 of 4 commands of "set server app/g1 state ready; …"',
    answered: true,
  });
  expect(await memoryOf()).toEqual({
    kind: 'between',
    words: 'b1 drain, b2 drain, g1 ready, g2 maint',
  });
});

test('below level admin nothing is set', async () => {
  fleet = await aBackend();
  const route = await throughFake();
  const worker = await workerOf(route);
  fake?.fault(/^set server/, { kind: 'say', reply: 'Permission denied\n\n'.repeat(5) });

  const result = await (await route.arm(lb1, 'green', worker)).fire(openGate);

  expect(result.kind).toBe('unknown');
});

test('a switch armed before a reload is taken by the old worker, and so not applied', async () => {
  fleet = await aBackend();
  const node = fleet.node();
  const route = make(fleet.target());
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', worker);
  await waitUntil(async () => (await node.ask('show sess')).split('fe=GLOBAL').length > 2);
  await node.reload();

  expect(await armed.fire(openGate)).toEqual({
    kind: 'not_applied',
    why: `worker ${worker.pid} took it, and a reload has replaced that worker`,
  });
  expect(await memoryOf()).toEqual(blue);
});

test('a worker that nobody checked is not the one that was meant', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());
  const worker = await workerOf(route);

  const armed = await route.arm(lb1, 'green', { ...worker, pid: worker.pid + 1 });

  expect(await armed.fire(openGate)).toMatchObject({
    kind: 'not_applied',
    why: expect.stringContaining('answered instead of'),
  });
});

const faults: readonly [Fault, object][] = [
  [{ kind: 'hang' }, blue],
  [{ kind: 'hang_after' }, green],
  [{ kind: 'cut' }, blue],
  [{ kind: 'cut_after' }, green],
  [{ kind: 'silent' }, green],
  [{ kind: 'half' }, green],
];

test.each(faults)(
  'after %j it is unknown; behind the barrier the write is said again, whole',
  async (fault, held) => {
    fleet = await aBackend();
    const route = await throughFake(hasty);
    const worker = await workerOf(route);
    fake?.fault(/^set server/, fault, 1);

    const result = await (await route.arm(lb1, 'green', worker)).fire(openGate);
    expect(result.kind).toBe('unknown');
    expect(await memoryOf()).toEqual(held);
    expect(await route.barrier(lb1)).toBe(true);
    const again = await route.writeFenced(lb1, 'green', openGate);

    expect(again).toMatchObject({ kind: 'accepted', worker });
    expect(await memoryOf()).toEqual(green);
  },
);

/** The servers as each part of the line leaves them. */
const beginnings = [
  ['b1 ready', 'b2 ready', 'g1 maint', 'g2 maint'],
  ['b1 ready', 'b2 ready', 'g1 ready', 'g2 maint'],
  ['b1 ready', 'b2 ready', 'g1 ready', 'g2 ready'],
  ['b1 drain', 'b2 ready', 'g1 ready', 'g2 ready'],
  ['b1 drain', 'b2 drain', 'g1 ready', 'g2 ready'],
];

test('a frozen node carries out a line whose sender is gone in part: never a moment without a server', async () => {
  fleet = await aBackend();
  const route = hasty(fleet.target());
  const worker = await workerOf(route);
  const armed = await route.arm(lb1, 'green', worker);
  await fleet.node().pause();

  expect((await armed.fire(openGate)).kind).toBe('unknown');
  expect(await route.barrier(lb1)).toBe(false);
  fleet.node().resume();
  await waitUntil(() => route.barrier(lb1));

  // 2.6 carries out three of its commands, 3.2 one, 3.4 all of them; the new servers come first in any case.
  const left = await memoryOf();
  expect(beginnings).toContainEqual(
    (await fleet.states()).map((line) => `${line.slice(0, 2)} ${line.split(' ').at(-1)}`),
  );
  expect(await fleet.answering(4)).not.toContain('503');
  expect(await memoryOf()).toEqual(left);
  expect(await route.writeFenced(lb1, 'blue', openGate)).toMatchObject({ kind: 'accepted' });
  expect(await memoryOf()).toEqual(blue);
});

test('a node that is away is not armed, and not written', async () => {
  fleet = await aBackend();
  const route = await throughFake();
  await fake?.refuse();

  await expect(route.arm(lb1, 'green', { pid: 1, startedAt: 1 })).rejects.toThrow(
    'lb-1 could not be reached',
  );
  expect(await route.writeFenced(lb1, 'green', openGate)).toMatchObject({ kind: 'not_applied' });
  expect(await route.prepare?.(lb1, 'green', openGate)).toMatchObject({
    why: expect.stringContaining('lb-1 could not be reached'),
  });
});

test('a side that cannot be let in or taken out says so', async () => {
  fleet = await aBackend();
  const route = await throughFake();
  fake?.fault(/^set server/, { kind: 'cut' });

  expect(await route.prepare?.(lb1, 'green', openGate)).toEqual({
    kind: 'unknown',
    why: expect.stringMatching(
      /^g1, g2 could not be set to drain on lb-1: lb-1 gave no whole answer/,
    ),
  });
  await expect(route.persist(lb1, 'green', openGate)).rejects.toThrow(
    'keeps nothing on the disk of lb-1',
  );
});
