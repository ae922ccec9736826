import { statSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import type { ReachedNode } from '../../../../src/release/reading.ts';
import { nodeName, type Side } from '../../../../src/release/vocabulary.ts';
import { aColourFleet, answerAt, colourTarget } from '../../../support/colour-fleet.ts';
import type { TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });
const route = () => make(colourTarget(fleet));

async function read(): Promise<ReachedNode> {
  const reading = await route().read(lb1);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading;
}

async function moved(to: Side): Promise<unknown> {
  const { worker } = await read();
  return (await route().arm(lb1, to, worker)).fire(openGate);
}

test('several keys and several backends move in one line, and every frontend follows', async () => {
  fleet = await aColourFleet().start();
  const { frontend } = fleet.node(0);

  const before = (await read()).memory;
  const result = await moved('green');

  expect(before).toEqual({ kind: 'side', side: 'blue' });
  expect(result).toMatchObject({ kind: 'accepted' });
  expect((await read()).memory).toEqual({ kind: 'side', side: 'green' });
  for (const host of ['www.example.com', 'example.com']) {
    expect(await answerAt(frontend, host)).toContain('200 version=green');
    expect(await answerAt(frontend, host, { kind: 'api' })).toContain('200 version=green');
  }
  // Not this service's key.
  expect(await answerAt(frontend, 'other.example.com')).toContain('200 version=blue');
});

test('a node whose keys differ is on neither side, and every write brings all of them', async () => {
  fleet = await aColourFleet().start();
  const node = fleet.node(0);
  await node.ask(`set map ${node.mapFile} example.com green`);

  const apart = (await read()).memory;
  const fenced = await route().writeFenced(lb1, 'green', openGate);

  expect(apart).toEqual({
    kind: 'between',
    words: 'blue for www.example.com, green for example.com',
  });
  expect(fenced).toMatchObject({ kind: 'accepted' });
  expect((await read()).memory).toEqual({ kind: 'side', side: 'green' });
  expect(await node.memory('other.example.com')).toBe('blue');
});

test('the file gets all keys in one replacement, and its other lines stay', async () => {
  fleet = await aColourFleet().start();
  const node = fleet.node(0);
  const seen: string[] = [];
  const failpoint = (name: string) => {
    if (name.includes('rename')) seen.push(name);
  };
  const watched = makeRoute({ mono: () => 0, failpoint })(colourTarget(fleet));
  const { ino } = statSync(node.mapFile);

  await watched.persist(lb1, 'green', openGate);

  expect(node.disk()).toBe(
    '# hosts\nwww.example.com green\nexample.com green\nother.example.com blue\n',
  );
  expect(seen.length).toBeLessThanOrEqual(2);
  expect(statSync(node.mapFile).ino).not.toBe(ino);
  expect((await read()).disk).toEqual({ kind: 'side', side: 'green' });
});

test('a side of several backends is all of them: servers, sessions, counters, and what is missing', async () => {
  fleet = await aColourFleet().start();
  const { frontend } = fleet.node(0);
  await answerAt(frontend, 'example.com');
  await answerAt(frontend, 'example.com', { kind: 'api' });
  const target = colourTarget(fleet);
  const absent = { ...target.backends, green: [...target.backends.green, 'soap_green' as never] };

  const { sides } = await read();
  const lacking = await make({ ...target, backends: absent } as never).read(lb1);

  expect(sides.blue).toMatchObject({
    backend: 'web_blue, api_blue',
    exists: true,
    servers: [{ name: 'web_blue/s1' }, { name: 'api_blue/s1' }],
    counters: { stot: 2 },
    parts: [
      { backend: 'web_blue', counters: { stot: 1 } },
      { backend: 'api_blue', counters: { stot: 1 } },
    ],
  });
  expect(lacking).toMatchObject({
    sides: { green: { exists: false, parts: [{}, {}, { backend: 'soap_green', exists: false }] } },
  });
});

test('sessions of all backends of a side are counted, named and cut', async () => {
  fleet = await aColourFleet().start();
  const application = fleet.application('blue');
  const { frontend } = fleet.node(0);
  const kinds = ['web', 'api'] as const;
  const open = kinds.map((kind) => answerAt(frontend, 'example.com', { kind, path: '/hold' }));
  const held = Promise.allSettled(open);
  await expect
    .poll(() => route().sessions(lb1, 'blue'), { timeout: 20_000 })
    .toMatchObject({
      sessions: 2,
    });

  const { stragglers } = await route().sessions(lb1, 'blue');
  await route().shutDownSessions(lb1, 'blue', openGate);
  const answers = await held;
  application.letGo();

  expect(stragglers.join('\n')).toMatch(/^web_blue\/s1 .*: 1 session\napi_blue\/s1 .*: 1 session/);
  expect(JSON.stringify(answers)).not.toContain('version=blue');
  await expect
    .poll(() => route().sessions(lb1, 'blue'), { timeout: 20_000 })
    .toMatchObject({
      sessions: 0,
    });
});
