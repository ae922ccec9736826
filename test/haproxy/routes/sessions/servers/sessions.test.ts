import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../../src/haproxy/routes/make-route.ts';
import { nodeName } from '../../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../../support/one-backend-fleet.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { waitUntil } from '../../../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
const sockets: Socket[] = [];
let fleet: OneBackendFleet;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

/** A WebSocket of a user of this server. */
async function webSocketOn(server: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(fleet.node().frontend).port) });
  sockets.push(socket);
  socket.on('error', () => {});
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  socket.write([...lines, ...key, `Cookie: SRV=${server}`, '', ''].join('\r\n'));
  const [answer] = await once(socket, 'data');
  if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(String(answer));
  return socket;
}

test('each side counts its own servers: connections, where they come from, and what it was ever given', async () => {
  fleet = await aBackend({ greenDisabled: false });
  const route = make(fleet.target());
  const one = await webSocketOn('b1');
  await webSocketOn('g2');
  for (let i = 0; i < 3; i += 1) await fleet.visit('b2');

  const [onBlue, onGreen] = [await route.sessions(lb1, 'blue'), await route.sessions(lb1, 'green')];

  expect(onBlue).toEqual({
    node: 'lb-1',
    sessions: 1,
    stragglers: [
      `b1 (127.0.0.1:${fleet.application('blue').port}): 1 session`,
      expect.stringMatching(new RegExp(`^b1 from 127\\.0\\.0\\.1:${one.localPort} for \\d+s$`)),
    ],
    served: 4,
  });
  expect(onGreen).toMatchObject({ sessions: 1, served: 1 });
  expect(onGreen.stragglers[1]).toMatch(/^g2 from /);
});

test('a user who stays is counted while there is no connection at all', async () => {
  fleet = await aBackend();
  const route = make(fleet.target());

  const before = await route.sessions(lb1, 'blue');
  await fleet.visit('b1');
  const after = await route.sessions(lb1, 'blue');

  expect(before).toEqual({ node: 'lb-1', sessions: 0, stragglers: [], served: 0 });
  expect(after).toEqual({ node: 'lb-1', sessions: 0, stragglers: [], served: 1 });
});

test('what waits for a server of the side is left on it', async () => {
  fleet = await aBackend({ server: 'maxconn 1', servers: 1 });
  const route = make(fleet.target());
  const held = [fleet.visit('b1', '/hold'), fleet.visit('b1', '/hold')];
  const blue = fleet.application('blue');

  const count = await waitUntil(async () => {
    const now = await route.sessions(lb1, 'blue');
    return now.sessions === 2 && now;
  });

  expect(count.stragglers).toContain('app: 1 waiting in the queue');
  for (let i = 0; i < 2; i += 1) {
    await waitUntil(() => blue.held === 1);
    blue.letGo();
  }
  await Promise.all(held);
});

test('shutting down cuts the sessions of one side only', async () => {
  fleet = await aBackend({ greenDisabled: false });
  const route = make(fleet.target());
  const blue = await webSocketOn('b1');
  const green = await webSocketOn('g1');

  await route.shutDownSessions(lb1, 'blue', openGate);

  await waitUntil(() => blue.readableEnded || blue.destroyed, { what: 'the cut' });
  await waitUntil(async () => (await route.sessions(lb1, 'blue')).sessions === 0);
  expect(await route.sessions(lb1, 'green')).toMatchObject({ sessions: 1 });
  expect(green.readyState).toBe('open');
});

test('the worker that a reload replaced tells what it still serves of each side', async () => {
  fleet = await aBackend({ greenDisabled: false });
  const nodes = fleet.target().nodes.map((node) => ({ ...node, master: fleet.node().master }));
  const route = make(fleet.target({ nodes }));
  for (const name of ['b1', 'b2', 'g1']) hold(name);
  const held = () => [
    fleet.application('blue'),
    fleet.application('blue', 1),
    fleet.application('green'),
  ];
  await waitUntil(() => held().every((application) => application.held === 1));
  const pid = await fleet.node().workerPid();

  await fleet.node().reload();
  const seen = await waitUntil(async () => {
    const workers = await route.oldWorkers(lb1);
    return workers?.kind === 'known' && workers;
  });

  expect(seen.workers).toMatchObject([{ pid, sessions: { blue: 2, green: 1 } }]);
});

/** A request that this server keeps open. */
function hold(server: string): void {
  const headers = { cookie: `SRV=${server}` };
  request(new URL('/hold', fleet.node().frontend), { headers })
    .on('error', () => {})
    .end();
}
