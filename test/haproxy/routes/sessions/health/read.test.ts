import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import type { ReachedNode } from '../../../../../src/release/reading.ts';
import { nodeName } from '../../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
let fleet: OneBackendFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 2_000 });

async function read(target = fleet.healthTarget()): Promise<ReachedNode> {
  const reading = await make(target).read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading;
}

const on404 = ['http-check disable-on-404'];
const isStatus = (line: string) => waitUntil(async () => (await fleet.states()).includes(line));

test('a preview whose applications are off is healthy while they answer for themselves', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  const [g1, g2] = fleet.applications.green;
  const target = fleet.healthTarget();
  await isStatus('g2 NOLB ready');

  const both = await read(target);
  await g2?.end();
  await isStatus('g2 DOWN ready');
  const one = await read(target);

  expect([both.memory, both.disk]).toEqual([{ kind: 'side', side: 'blue' }, { kind: 'none' }]);
  expect(both.sides.green.servers).toMatchObject([
    { name: 'g1', status: 'NOLB', check: expect.stringMatching(/^L7OKC/), health: 'healthy' },
    { name: 'g2', status: 'NOLB', health: 'healthy' },
  ]);
  expect(one.sides.green.servers).toMatchObject([{ health: 'healthy' }, { health: 'down' }]);
  expect(one.memory).toEqual({ kind: 'side', side: 'blue' });
  expect(g1?.asked).toBeGreaterThan(0);
});

test('without disable-on-404 a preview is DOWN, and healthy all the same', async () => {
  fleet = await aBackend({
    greenOff: true,
    greenDisabled: false,
    backend: ['option persist', 'option redispatch'],
  });
  await isStatus('g1 DOWN ready');
  await isStatus('g2 DOWN ready');

  for (let i = 0; i < 20; i += 1) {
    const reading = await read();
    expect(reading.sides.green.servers.map(({ health }) => health)).toEqual(['healthy', 'healthy']);
    expect(reading.memory).toEqual({ kind: 'side', side: 'blue' });
  }
});

test('both sides on, or none, is neither side whole', async () => {
  fleet = await aBackend({ servers: 1, greenDisabled: false, backend: on404 });

  const both = await read();
  for (const side of ['blue', 'green'] as const) fleet.application(side).isOn = false;
  await isStatus('b1 NOLB ready');
  await isStatus('g1 NOLB ready');
  const none = await read();

  expect([both.memory, none.memory]).toEqual([
    { kind: 'between', words: 'b1 on, g1 on' },
    { kind: 'between', words: 'b1 off, g1 off' },
  ]);
});

test('one active application that dies leaves the side where it is', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  fleet.application('blue').failHealth();
  await isStatus('b1 DOWN ready');

  expect((await read()).memory).toEqual({ kind: 'side', side: 'blue' });
});

test('the nodes of one reading ask each application once', async () => {
  fleet = await aBackend({ nodes: 2, greenOff: true, greenDisabled: false, backend: on404 });
  await waitUntil(async () => (await fleet.states(1)).includes('g2 NOLB ready'));
  await isStatus('g2 NOLB ready');
  const route = make(fleet.healthTarget());
  const before = fleet.application('green').asked;

  await Promise.all(Array.from({ length: 10 }, () => route.read(lb1)));

  expect(fleet.application('green').asked - before).toBeLessThan(10);
});

const gate = 'sessions survive a 404';
const remedy =
  'add `option persist` and `option redispatch`, or `http-check disable-on-404`, to it and reload';
const lost = `backend app would lose every session of an application that is switched off; ${remedy}`;

test.each([
  [[], false, lost],
  [['option persist'], false, lost],
  [['option redispatch', 'no option persist'], false, lost],
  [
    ['option persist', 'option redispatch'],
    true,
    'backend app has option persist and option redispatch',
  ],
  [on404, true, 'backend app has http-check disable-on-404'],
])('a backend with %j: the gate holds %s', async (backend, holds, sentence) => {
  fleet = await aBackend({ servers: 1, greenDisabled: false, backend });

  expect((await read()).ownGates).toEqual([{ gate, holds, sentence }]);
});

test('without a haproxy.cfg that can be read nobody can tell', async () => {
  fleet = await aBackend({ servers: 1, greenDisabled: false, backend: on404 });
  const target = fleet.healthTarget();
  const [node] = fleet.target().nodes;
  if (node === undefined) throw new Error('no node');
  const empty = join(fleet.folder, 'empty.cfg');
  writeFileSync(empty, 'backend other\n');
  const gates = async (configFile: string | undefined) =>
    (await read({ ...target, nodes: [{ ...node, ...(configFile && { configFile }) }] })).ownGates;

  expect(await gates(undefined)).toEqual([
    {
      gate,
      holds: false,
      sentence:
        'nobody can tell whether backend app keeps its sessions: write config_file on the node',
    },
  ]);
  expect(await gates(`file://${empty}`)).toMatchObject([
    { holds: false, sentence: expect.stringContaining('there is no backend app') },
  ]);
  expect(await gates(`file://${fleet.folder}/nobody.cfg`)).toMatchObject([
    { holds: false, sentence: expect.stringMatching(/^its haproxy.cfg cannot be read: ENOENT/) },
  ]);
});
