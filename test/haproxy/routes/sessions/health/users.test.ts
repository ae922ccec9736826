import { afterEach, expect, test } from 'vitest';
import type { Route } from '../../../../../src/engine/ports.ts';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import { nodeName, type Side } from '../../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const [lb1, lb2] = [nodeName('lb-1'), nodeName('lb-2')];
let fleet: OneBackendFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });
const on404 = ['http-check disable-on-404'];
const persistent = ['option persist', 'option redispatch'];

/** As the engine does it, on every node in one volley. */
async function switchTo(route: Route, side: Side, nodes = [lb1]): Promise<void> {
  const armed = await Promise.all(
    nodes.map(async (node) => {
      await route.prepare?.(node, side, openGate);
      const reading = await route.read(node);
      if (reading.kind !== 'reached') throw new Error(reading.why);
      return route.arm(node, side, reading.worker);
    }),
  );
  const results = await Promise.all(armed.map((one) => one.fire(openGate)));
  expect(results.map(({ kind }) => kind)).toEqual(nodes.map(() => 'accepted'));
}

test.each([
  ['NOLB', on404],
  ['DOWN', persistent],
])(
  'the old side is %s after the switch: who has its cookie stays, new users go to the new side',
  async (status, backend) => {
    fleet = await aBackend({ greenOff: true, greenDisabled: false, backend });
    const route = make(fleet.healthTarget());
    expect(await fleet.answering(8)).toEqual(['b1', 'b2']);

    await switchTo(route, 'green');

    expect(await fleet.states()).toEqual([
      `b1 ${status} ready`,
      `b2 ${status} ready`,
      'g1 UP ready',
      'g2 UP ready',
    ]);
    expect(await fleet.answering(8)).toEqual(['g1', 'g2']);
    expect(await fleet.answering(10, 'b1')).toEqual(['b1']);
    expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'green' } });
  },
);

test('the nodes of one volley tell each application once', async () => {
  fleet = await aBackend({ nodes: 2, greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());

  await switchTo(route, 'green', [lb1, lb2]);

  const told = (side: Side) => fleet.applications[side].map((application) => application.told);
  expect([told('green'), told('blue')]).toEqual([
    [['POST /switch/on'], ['POST /switch/on']],
    [['POST /switch/off'], ['POST /switch/off']],
  ]);
  expect(await Promise.all([lb1, lb2].map((node) => route.read(node)))).toMatchObject([
    { memory: { kind: 'side', side: 'green' } },
    { memory: { kind: 'side', side: 'green' } },
  ]);
});

test('no user is without a server at any moment of the switch', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());
  let going = true;
  const seen = new Set<string>();
  const visitor = (async () => {
    while (going) seen.add((await fleet.visit()).server);
  })();

  await switchTo(route, 'green');
  await switchTo(route, 'blue');
  going = false;
  await visitor;

  expect([...seen].filter((server) => !/^[bg]\d$/.test(server))).toEqual([]);
});

test('a finished side moves its users, is let in again before it is judged, and gets nobody by that', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());
  await switchTo(route, 'green');

  await route.finish?.(lb1, 'blue', openGate);
  const moved = await fleet.answering(8, 'b1');
  await route.prepare?.(lb1, 'blue', openGate);
  const reading = await route.read(lb1);

  expect(moved).toEqual(['g1', 'g2']);
  expect(reading).toMatchObject({
    memory: { kind: 'side', side: 'green' },
    sides: { blue: { servers: [{ health: 'healthy' }, { health: 'healthy' }] } },
  });
  expect(await fleet.answering(8)).toEqual(['g1', 'g2']);
  await switchTo(route, 'blue');
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
  expect(await route.finish?.(lb1, 'blue', openGate)).toMatchObject({
    why: expect.stringContaining('blue was not taken out on lb-1'),
  });
});

test('an application that came up switched on while its side was out gets nobody before the switch', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());
  await switchTo(route, 'green');
  await route.finish?.(lb1, 'blue', openGate);
  for (const application of fleet.applications.blue) application.isOn = true;

  await route.prepare?.(lb1, 'blue', openGate);

  expect(await fleet.states()).toEqual(
    expect.arrayContaining(['b1 DRAIN drain', 'b2 DRAIN drain']),
  );
  expect(await fleet.answering(8)).toEqual(['g1', 'g2']);
  await switchTo(route, 'blue');
  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
});

test('going back from a side whose applications are dead needs none of them', async () => {
  fleet = await aBackend({ greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());
  await switchTo(route, 'green');
  await Promise.all(fleet.applications.green.map((application) => application.end()));
  await waitUntil(async () => (await fleet.states()).includes('g2 DOWN ready'));

  await switchTo(route, 'blue');

  expect(await fleet.answering(8)).toEqual(['b1', 'b2']);
});

test('the lines by hand do the same', async () => {
  fleet = await aBackend({ servers: 1, greenOff: true, greenDisabled: false, backend: on404 });
  const route = make(fleet.healthTarget());
  const [blue, green] = [fleet.application('blue'), fleet.application('green')];

  const lines = route.byHand(lb1, 'green', 'memory');
  for (const line of lines) {
    const url = /^curl -fsS -X POST '(.*)'$/.exec(line)?.[1];
    const said = /^echo "([^"]+)" \| socat stdio /.exec(line)?.[1];
    if (url !== undefined) await fetch(url, { method: 'POST' });
    if (said !== undefined) await fleet.node().ask(said);
  }

  const socat = `socat stdio ${fleet.node().folder}/admin.sock`;
  expect(lines).toEqual([
    `echo "set server app/g1 state ready" | ${socat}`,
    `curl -fsS -X POST 'http://127.0.0.1:${green.port}/switch/on'`,
    `echo "show stat app -1 -1" | ${socat} | cut -d, -f2,18   # go on when g1 are UP on every node`,
    `curl -fsS -X POST 'http://127.0.0.1:${blue.port}/switch/off'`,
    `echo "show stat app -1 -1" | ${socat} | cut -d, -f2,18   # b1: NOLB or DOWN`,
  ]);
  expect(await route.barrier(lb1)).toBe(true);
  expect(await route.read(lb1)).toMatchObject({ memory: { kind: 'side', side: 'green' } });
});
