import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { MapNodeTarget } from '../../src/haproxy/routes/map/map-target.ts';
import type { SmokeCheck } from '../../src/release/plan.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { createSmoke, type SmokeDeps } from '../../src/smoke/smoke.ts';
import { holdNextTurn } from '../support/hold-event-loop.ts';

const open: { readonly server: Server | NetServer; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listening<S extends Server | NetServer>(server: S): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ server, sockets });
  return (server.address() as AddressInfo).port;
}

const web = (listener: RequestListener) => listening(createHttpServer(listener));
/** A server that says whatever it wants once it was asked. */
const raw = (talk: (socket: Socket) => void) =>
  listening(createServer((socket) => socket.once('data', () => talk(socket))));

const node = (port: number, host = '127.0.0.1'): MapNodeTarget => ({
  node: nodeName('lb-1'),
  runtime: 'unix:///unused',
  frontend: `http://${host}:${port}`,
  mapId: '/unused',
  mapFile: 'file:///unused',
});

const check = (expected: Partial<SmokeCheck['expect']> = {}, path = '/release'): SmokeCheck => ({
  name: 'version',
  path,
  headers: { Host: 'www.example.com', 'Accept-Encoding': 'gzip' },
  expect: { status: 200, ...expected },
});

let ticks = 0;
const deps = (more: Partial<SmokeDeps> = {}): SmokeDeps => ({
  nowMs: () => 7 * ticks++,
  // Generous: a busy machine is not what these tests are about. Those about the deadline set a short one.
  deadlineMs: 20_000,
  ...more,
});
const smoke = (port: number, one = check(), more: Partial<SmokeDeps> = {}) =>
  createSmoke(deps(more))(one, node(port));

describe('a smoke request', () => {
  test('is one plain GET to the frontend, on a connection of its own, under the Host of the check', async () => {
    const seen: unknown[] = [];
    const port = await web((request, response) => {
      seen.push([request.method, request.url, request.headers]);
      response.end('version=green');
    });

    const result = await smoke(port, check({ bodyContains: 'version=green' }));

    expect(result).toEqual({
      kind: 'passed',
      ms: 7,
      sentence: 'lb-1: GET /release answered 200 with "version=green" in 7 ms.',
    });
    expect(seen).toEqual([
      [
        'GET',
        '/release',
        {
          host: 'www.example.com',
          'user-agent': 'pointsman-smoke',
          accept: '*/*',
          'accept-encoding': 'identity',
          connection: 'close',
        },
      ],
    ]);
  });

  test('answered while the event loop is held is answered', async () => {
    const port = await web((_, response) => {
      response.end('version=green');
      holdNextTurn(600);
    });

    expect(await smoke(port, check(), { deadlineMs: 300 })).toMatchObject({ kind: 'passed' });
  });

  test('proves a header by its whole value', async () => {
    const port = await web((_, response) => response.setHeader('X-Release', 'green-2').end());
    const header = { name: 'x-release', value: 'green' };

    expect(await smoke(port, check({ header }))).toEqual({
      kind: 'failed',
      sentence: 'lb-1: GET /release: expected header x-release: "green", got "green-2".',
    });
    expect(await smoke(port, check({ header: { ...header, value: 'green-2' } }))).toMatchObject({
      kind: 'passed',
    });
  });

  test('takes a body without a length, ended by the end of the connection', async () => {
    const port = await raw((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nversion=green'));

    const results = await Promise.all(
      Array.from({ length: 50 }, () => smoke(port, check({ bodyContains: 'version=green' }))),
    );

    expect(results.filter(({ kind }) => kind !== 'passed')).toEqual([]);
  });

  test('fails on another status, and says which', async () => {
    const port = await web((_, response) => response.writeHead(503).end('no server'));

    expect(await smoke(port)).toEqual({
      kind: 'failed',
      sentence: 'lb-1: GET /release: expected status 200, got 503.',
    });
  });

  test('fails on another body, and shows its beginning without control and bidi characters', async () => {
    const port = await web((_, response) => {
      response.end(`version=\u001b[31mblue\u202e\n${'x'.repeat(200)}`);
    });

    expect(await smoke(port, check({ bodyContains: 'version=green' }))).toEqual({
      kind: 'failed',
      sentence: `lb-1: GET /release: expected "version=green" in the body, got "version= [31mblue ${'x'.repeat(62)}...".`,
    });
  });

  test('follows no redirect, unless the redirect is what is expected', async () => {
    let asked = 0;
    const elsewhere = await web((_, response) => {
      asked += 1;
      response.end();
    });
    const location = `http://127.0.0.1:${elsewhere}/latest/meta-data`;
    const port = await web((_, response) => response.writeHead(302, { location }).end());

    expect(await smoke(port)).toEqual({
      kind: 'failed',
      sentence: `lb-1: GET /release: expected status 200, got 302 to "${location}", and redirects are not followed.`,
    });
    expect(await smoke(port, check({ status: 302 }))).toMatchObject({ kind: 'passed' });
    expect(asked).toBe(0);
  });
});

describe('a frontend that misbehaves ends as an error within the deadline', () => {
  const expected = 'expected 200, got no answer:';
  const sentence = (port: number, why: string) => ({
    kind: 'error',
    sentence: `lb-1: GET /release at http://127.0.0.1:${port}: ${expected} ${why}.`,
  });
  const late = 'no whole answer within 400 ms';

  test.each<[string, (socket: Socket) => void]>([
    ['hangs', () => undefined],
    ['sends half a status line', (socket) => socket.write('HTTP/1.1 2')],
    ['drips its head', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n')],
    ['drips its body', (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n\r\n', 'x')],
    ['says 100 Continue for ever', (socket) => drip(socket, '', 'HTTP/1.1 100 Continue\r\n\r\n')],
    [
      'promises more than it sends',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
    ],
  ])('one that %s', async (_, talk) => {
    const port = await raw(talk);

    const result = await smoke(port, check(), { deadlineMs: 400 });

    expect(result).toEqual(sentence(port, late));
  });

  test.each<[string, (socket: Socket) => void, string | RegExp]>([
    ['resets', (socket) => socket.resetAndDestroy(), /ECONNRESET|socket hang up/],
    ['closes at once', (socket) => socket.end(), /socket hang up/],
    [
      'cuts its body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx'),
      /aborted/,
    ],
    ['speaks no HTTP', (socket) => socket.end('220 smtp.example.com\r\n'), /Parse Error/],
    [
      'sends a huge head',
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n`),
      /Header overflow|too large/i,
    ],
    [
      'switches protocols',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
      /switched protocols|Parse Error|hang up/,
    ],
  ])('one that %s', async (_, talk, why) => {
    const port = await raw(talk);

    const result = await smoke(port);

    expect(result).toMatchObject({ kind: 'error', sentence: expect.stringMatching(why) });
  });

  test('one that is not there', async () => {
    const port = await web(() => undefined);
    const gone = open.pop();
    await new Promise((resolve) => gone?.server.close(resolve));

    expect(await smoke(port)).toEqual(sentence(port, `connect ECONNREFUSED 127.0.0.1:${port}`));
  });

  test('one that answers 1 GB is read for 64 KB, and the memory stays flat', async () => {
    let sent = 0;
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    const port = await web((_, response) => {
      response.writeHead(200, { 'content-length': 1024 * mebibyte.length });
      const pour = (): void => {
        while (!response.destroyed && sent < 1024) {
          sent += 1;
          if (!response.write(mebibyte)) return void response.once('drain', pour);
        }
      };
      pour();
    });
    const before = process.memoryUsage().rss;

    const results = await Promise.all(Array.from({ length: 5 }, () => smoke(port)));

    expect(results).toEqual(Array(5).fill(sentence(port, 'its body is larger than 64 KB')));
    expect(sent).toBeLessThan(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  test('one that sends a gzip bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 'x'));
    const port = await web((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });

    expect(bomb.length).toBeLessThan(64 * 1024);
    expect(await smoke(port, check({ bodyContains: 'xxx' }))).toEqual({
      kind: 'failed',
      sentence:
        'lb-1: GET /release: expected "xxx" in the body, got a body in "gzip", which is not decoded.',
    });
  });

  test('one whose caller stops waiting', async () => {
    const stop = new AbortController();
    const port = await raw(() => stop.abort(new Error('the release was aborted')));

    const result = await createSmoke(deps({ deadlineMs: 60_000 }))(
      check(),
      node(port),
      stop.signal,
    );

    expect(result).toEqual(sentence(port, 'the release was aborted'));
  });
});

describe('the address of a frontend', () => {
  test('is resolved once and connected to as it was', async () => {
    const names: string[] = [];
    const port = await web((request, response) => response.end(request.headers.host));
    const resolve = async (name: string) => {
      names.push(name);
      return { address: '127.0.0.1', family: 4 as const };
    };
    const one = { ...check({ bodyContains: `lb-1.example.com:${port}` }), headers: {} };

    const result = await createSmoke(deps({ resolve }))(one, node(port, 'lb-1.example.com'));

    expect(result.kind).toBe('passed');
    expect(names).toEqual(['lb-1.example.com']);
  });

  test.each([
    ['169.254.169.254', '169.254.169.254'],
    ['lb.example.com', '169.254.169.254'],
    ['lb.example.com', 'fe80::1'],
    ['lb.example.com', '::ffff:169.254.169.254'],
    ['lb.example.com', 'fd00:ec2::254'],
  ])('is never a link-local one: %s -> %s', async (host, address) => {
    const resolve = async () => ({
      address,
      family: address.includes(':') ? (6 as const) : (4 as const),
    });

    const result = await createSmoke(deps({ resolve }))(check(), node(80, host));

    expect(result).toEqual({
      kind: 'error',
      sentence: `lb-1: GET /release at http://${host}:80: expected 200, got no answer: ${host} is the link-local address ${address}, which is never connected to.`,
    });
  });

  test('that never comes is waited for until the deadline', async () => {
    const resolve = () => new Promise<never>(() => undefined);

    const result = await createSmoke(deps({ resolve, deadlineMs: 400 }))(
      check(),
      node(80, 'lb.example.com'),
    );

    expect(result).toMatchObject({ kind: 'error', sentence: expect.stringContaining('400 ms') });
  });
});

function drip(socket: Socket, first: string, drop: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(drop), 20);
  socket.on('close', () => clearInterval(timer));
}
