import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../src/haproxy/routes/make-route.ts';
import type { MapTarget } from '../../../src/haproxy/routes/map/map-target.ts';
import { nodeName } from '../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { openGate } from '../../support/open-gate.ts';
import { waitUntil } from '../../support/wait-until.ts';

const lb1 = nodeName('lb-1');
const sockets: Socket[] = [];
let fleet: TestFleet;
let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
  for (const socket of sockets.splice(0)) socket.destroy();
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

/** A WebSocket as HAProxy sees it: a connection that was upgraded and stays. */
async function openTunnel(frontend: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(frontend).port) });
  sockets.push(socket);
  socket.on('error', () => {});
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  socket.write([...lines, ...key, '', ''].join('\r\n'));
  const [answer] = await once(socket, 'data');
  if (!String(answer).startsWith('HTTP/1.1 101')) throw new Error(String(answer));
  return socket;
}

test('long connections are counted and named by server, source and age, and cut on request', async () => {
  fleet = await aFleet().withoutChecks().start();
  const node = fleet.node(0);
  const route = make(fleet.target());
  const first = await openTunnel(node.frontend);
  await openTunnel(node.frontend);
  const b1 = fleet.application('blue');
  await node.ask(`set map ${node.mapFile} active backend_green`);

  const count = await route.sessions(lb1, 'blue');

  expect(count.sessions).toBe(2);
  expect(count.stragglers).toEqual([
    `b1 (127.0.0.1:${b1.port}): 2 sessions`,
    expect.stringMatching(/^b1 from 127\.0\.0\.1:\d+ for \d+s$/),
    expect.stringMatching(/^b1 from 127\.0\.0\.1:\d+ for \d+s$/),
  ]);
  expect(count.stragglers).toContainEqual(expect.stringContaining(`127.0.0.1:${first.localPort}`));
  expect(await route.sessions(lb1, 'green')).toEqual({ node: 'lb-1', sessions: 0, stragglers: [] });

  await route.shutDownSessions(lb1, 'blue', openGate);

  await waitUntil(async () => (await route.sessions(lb1, 'blue')).sessions === 0);
});

test('what waits in the queue is left too', async () => {
  fleet = await aFleet().withoutChecks().withServerOption('maxconn 1').start();
  const node = fleet.node(0);
  const held = [node.get('/hold'), node.get('/hold')];
  const blue = fleet.application('blue');
  await waitUntil(() => blue.held === 1);
  const route = make(fleet.target());

  const count = await waitUntil(async () => {
    const now = await route.sessions(lb1, 'blue');
    return now.sessions === 2 && now;
  });

  expect(count.stragglers).toContain('backend_blue: 1 waiting in the queue');
  blue.letGo();
  await waitUntil(() => blue.held === 1);
  blue.letGo();
  await Promise.all(held);
});

test('where the level does not allow to list connections, the servers are named all the same', async () => {
  fleet = await aFleet().withLevel('user').withoutChecks().start();
  const node = fleet.node(0);
  await openTunnel(node.frontend);
  const route = make(fleet.target());

  expect(await route.sessions(lb1, 'blue')).toEqual({
    node: 'lb-1',
    sessions: 1,
    stragglers: [`b1 (127.0.0.1:${fleet.application('blue').port}): 1 session`],
  });
  expect(await route.shutDownSessions(lb1, 'blue', openGate)).toMatchObject({
    why: expect.stringContaining('Permission denied'),
  });
});

test.each([
  [0, 2],
  [2, 0],
])('%i connections and %i streams of a server are two sessions', async (used, scur) => {
  fleet = await aFleet().withoutChecks().start();
  const node = fleet.node(0);
  const honest = proxyTo(node.runtime);
  fake = await FakeRuntime.start(async (line) =>
    (await honest(line))
      // 2.6: used_cur and used_max; 3.4: served and used_cur.
      .replace(/ - 5000 \d+ \d+ /, ` - 5000 ${used} ${used} `)
      .replace(/,b1,0,0,0,/, `,b1,0,0,${scur},`),
  );
  const nodes = [{ ...node.target, runtime: fake.address }];

  const count = await make({ ...fleet.target(), nodes }).sessions(lb1, 'blue');

  expect(count.sessions).toBe(2);
});

test('a node that is not there is no count of zero', async () => {
  fleet = await aFleet().start();
  await fleet.node(0).stop();
  const route = make(fleet.target());

  await expect(route.sessions(lb1, 'blue')).rejects.toThrow(/could not be reached|no whole answer/);
  expect(await route.shutDownSessions(lb1, 'blue', openGate)).toMatchObject({
    why: expect.stringContaining('could not be reached'),
  });
});

test('the lines by hand are those a person can paste', async () => {
  fleet = await aFleet().start();
  const [at] = fleet.target().nodes;
  if (at === undefined) throw new Error('no node');
  const of = (runtime: string) =>
    make({
      ...fleet.target(),
      nodes: [{ ...at, mapId: '/etc/bg.map', runtime }],
    } as MapTarget).byHand(lb1, 'blue', 'memory');

  expect(of('unix:///run/admin.sock')).toEqual([
    'echo "set map /etc/bg.map active backend_blue" | socat stdio /run/admin.sock',
    'echo "get map /etc/bg.map active" | socat stdio /run/admin.sock',
    '# where that says found=no: echo "add map /etc/bg.map active backend_blue" | socat stdio /run/admin.sock',
  ]);
  expect(of('tcp://10.0.0.1:9000')).toEqual([
    'echo "set map /etc/bg.map active backend_blue" | socat stdio tcp:10.0.0.1:9000',
    'echo "get map /etc/bg.map active" | socat stdio tcp:10.0.0.1:9000',
    '# where that says found=no: echo "add map /etc/bg.map active backend_blue" | socat stdio tcp:10.0.0.1:9000',
  ]);
});

test('a node of another plan is a mistake of the caller', async () => {
  fleet = await aFleet().start();

  await expect(make(fleet.target()).read(nodeName('lb-9'))).rejects.toThrow(
    'The plan has no node lb-9',
  );
});
