import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServersReading, ServersRoute } from '../../../../src/engine/ports.ts';
import { serversRoute } from '../../../../src/haproxy/routes/servers/servers-route.ts';
import { backendName, nodeName, serverName } from '../../../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const lb = nodeName('lb-1');
const [b1, b2] = [serverName('b1'), serverName('b2')];
let fleet: TestFleet;
let sockets: Socket[] = [];

beforeEach(async () => {
  fleet = await aFleet().withServers(2).start();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await fleet.end();
});

function routeTo(backend = 'backend_blue'): ServersRoute {
  const nodes = fleet.nodes.map(({ target }) => target);
  const make = serversRoute({ mono: () => 12.5, deadlineMs: 500 });
  return make({
    kind: 'servers',
    backend: backendName(backend),
    servers: [b1, b2],
    batch: 1,
    nodes,
  });
}

async function reached(route = routeTo()): Promise<ServersReading & { kind: 'reached' }> {
  const reading = await route.read(lb);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading;
}

const statesOf = ({ servers }: { readonly servers: readonly { name: string; state: string }[] }) =>
  servers.map(({ name, state }) => `${name} ${state}`);

test('a node is read whole: who answers, at which level, and every server with its state and its health', async () => {
  const reading = await reached();

  expect(reading).toMatchObject({ node: 'lb-1', stopping: false, level: 'admin', exists: true });
  expect(reading.servers.map(({ name, state, health }) => [name, state, health])).toEqual([
    ['b1', 'ready', 'healthy'],
    ['b2', 'ready', 'healthy'],
  ]);
});

test('a backend that is not there exists not, and a silent node is unreachable', async () => {
  expect(await reached(routeTo('backend_red'))).toMatchObject({ exists: false, servers: [] });
  await fleet.node(0).pause();

  const reading = await routeTo().read(lb);

  expect(reading).toMatchObject({ kind: 'unreachable', node: 'lb-1' });
});

test('several servers are set in one line by the worker that was meant, and read back', async () => {
  const { worker } = await reached();
  const settings = [
    { server: b1, state: 'drain' as const },
    { server: b2, state: 'maint' as const },
  ];

  const result = await routeTo().set(lb, settings, worker, openGate);

  expect(result).toEqual({ kind: 'accepted', worker, answeredAt: 12.5 });
  expect(statesOf(await reached())).toEqual(['b1 drain', 'b2 maint']);
});

test('maint after drain is maint, drain after maint is drain, and ready clears both', async () => {
  const { worker } = await reached();
  const seen: string[] = [];
  for (const state of ['drain', 'maint', 'drain', 'ready'] as const) {
    await routeTo().set(lb, [{ server: b1, state }], worker, openGate);
    seen.push(...statesOf(await reached()).filter((one) => one.startsWith('b1')));
  }

  expect(seen).toEqual(['b1 drain', 'b1 maint', 'b1 drain', 'b1 ready']);
});

test('a server that fails its checks stays ready: its state is what a hand set', async () => {
  fleet.application('blue', 0).failHealth();
  await waitUntil(async () => (await reached()).servers[0]?.health === 'down');

  const [first] = (await reached()).servers;

  expect(first).toMatchObject({ name: 'b1', state: 'ready', status: 'DOWN' });
});

test('a server written `disabled` is in maint, and ready once a hand set it, though its mark stays', async () => {
  const section = `backend spare\n    server s1 127.0.0.1:${fleet.application('blue').port} disabled\n`;
  await fleet.end();
  fleet = await aFleet().withSection(section).start();
  const route = routeTo('spare');
  const before = statesOf(await reached(route));

  await route.set(
    lb,
    [{ server: serverName('s1'), state: 'ready' }],
    (await reached()).worker,
    openGate,
  );

  expect([before, statesOf(await reached(route))]).toEqual([['s1 maint'], ['s1 ready']]);
});

test('another worker than the one that was read takes it as not applied, and an unknown server is refused', async () => {
  const { worker } = await reached();
  const unknown = [{ server: serverName('b9'), state: 'drain' as const }];

  const refused = await routeTo().set(lb, unknown, worker, openGate);
  const other = await routeTo().set(lb, unknown, { ...worker, pid: worker.pid + 1 }, openGate);

  expect(refused).toEqual({
    kind: 'refused',
    why: 'HAProxy answered "No such server." to "set server backend_blue/b9 state drain; …"',
  });
  expect(other.kind).toBe('not_applied');
});

test('a node that gives no whole answer leaves it unknown', async () => {
  const { worker } = await reached();
  await fleet.node(0).pause();

  const result = await routeTo().set(lb, [{ server: b1, state: 'drain' }], worker, openGate);

  expect(result.kind).toBe('unknown');
});

test('what is left on one server is counted by itself, listed by source and age, and cut', async () => {
  const socket = await webSocket();
  await waitUntil(async () => (await routeTo().sessions(lb, [b1, b2])).sessions === 1);
  const holder = (await routeTo().sessions(lb, [b1])).sessions === 1 ? b1 : b2;
  const other = holder === b1 ? b2 : b1;

  expect((await routeTo().sessions(lb, [other])).sessions).toBe(0);
  expect((await routeTo().sessions(lb, [holder])).stragglers).toEqual([
    expect.stringMatching(new RegExp(`^${holder} \\(127\\.0\\.0\\.1:\\d+\\): 1 session$`)),
    expect.stringMatching(new RegExp(`^${holder} from 127\\.0\\.0\\.1:${socket.localPort} for `)),
  ]);
  const closed = once(socket, 'close');
  await routeTo().shutDownSessions(lb, [holder], openGate);
  await closed;
});

test('the lines by hand do the same past the program', async () => {
  const lines = routeTo().byHand(lb, [{ server: b1, state: 'maint' }]);
  const [first = ''] = lines;

  await fleet.node(0).ask(/^echo "([^"]*)"/.exec(first)?.[1] ?? '');

  const socat = `socat stdio ${fleet.node(0).runtime.slice('unix://'.length)}`;
  expect(lines).toEqual([
    `echo "set server backend_blue/b1 state maint" | ${socat}`,
    `echo "show servers state backend_blue" | ${socat}`,
  ]);
  expect(statesOf(await reached())).toEqual(['b1 maint', 'b2 ready']);
});

async function webSocket(): Promise<Socket> {
  const opened = connect(Number(new URL(fleet.node(0).frontend).port), '127.0.0.1');
  opened.on('error', () => undefined);
  sockets.push(opened);
  await once(opened, 'connect');
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  opened.write([...lines, ...key, '', ''].join('\r\n'));
  await once(opened, 'data');
  return opened;
}
