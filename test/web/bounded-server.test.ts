import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { boundedServer } from '../../src/web/bounded-server.ts';
import { waitUntil } from '../support/wait-until.ts';

let server: Server | undefined;
let clients: Socket[] = [];

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients = [];
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

const refused: string[] = [];

/** A server that answers `/slow` only when told, and anything else at once. */
async function start(connections: number): Promise<{ port: number; finish: () => void }> {
  refused.length = 0;
  let finish = () => undefined as unknown;
  server = boundedServer(
    (request, response) => {
      request.resume();
      if (request.url === '/slow') finish = () => response.end('at last');
      else request.on('end', () => response.end('ok'));
    },
    { connections, onRefused: (peer, why) => refused.push(`${peer}: ${why}`) },
  );
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, finish: () => finish() };
}

/** A client that writes these words and never closes its own end. */
async function client(port: number, words: string): Promise<{ socket: Socket; said: string }> {
  const made = { socket: connect({ port, host: '127.0.0.1', allowHalfOpen: true }), said: '' };
  clients.push(made.socket);
  made.socket.on('error', () => undefined);
  made.socket.on('data', (data) => {
    made.said += String(data);
  });
  await new Promise((resolve) => made.socket.once('connect', resolve));
  made.socket.write(words);
  return made;
}

function openConnections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server?.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

const half = {
  nothing: '',
  'half a header': 'POST / HTTP/1.1\r\nHost: x\r\nX-Slack',
  'half a body': `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n${'0'.repeat(50_000)}`,
};

test('two hundred half requests of clients that never close their end: none is left after the deadline', async () => {
  const { port } = await start(1_000);
  const kinds = Object.values(half);

  const all = await Promise.all(
    Array.from({ length: 200 }, (_, index) => client(port, kinds[index % kinds.length] ?? '')),
  );
  await waitUntil(async () => (await openConnections()) > 190, { what: 'the connections' });
  await waitUntil(async () => (await openConnections()) === 0, {
    timeout: 40_000,
    every: 200,
    what: 'every connection to be gone',
  });

  expect(new Set(all.map(({ said }) => said.split('\r\n')[0]))).toEqual(
    new Set(['HTTP/1.1 408 Request Timeout']),
  );
  expect(new Set(refused)).toEqual(new Set(['127.0.0.1: late or half a request']));
});

test('one connection too many takes the place of the one that has waited longest without a whole request', async () => {
  const { port, finish } = await start(3);
  const slow = await client(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitUntil(async () => (await openConnections()) === 1);
  const first = await client(port, half['half a body']);
  const second = await client(port, half['half a header']);
  await waitUntil(async () => (await openConnections()) === 3);

  const third = await client(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitUntil(() => third.said.endsWith('ok'));
  await waitUntil(() => first.socket.readableEnded || first.socket.destroyed);

  expect([second.said, slow.said]).toEqual(['', '']);
  finish();
  await waitUntil(() => slow.said.endsWith('at last'));
  expect(refused).toEqual(['127.0.0.1: more connections than are held at a time']);
});

test('a connection that has just been answered is not the one that goes', async () => {
  const { port } = await start(2);
  const kept = await client(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitUntil(() => kept.said.endsWith('ok'));
  const idle = await client(port, '');
  await waitUntil(async () => (await openConnections()) === 2);
  kept.said = '';
  kept.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitUntil(() => kept.said.endsWith('ok'));

  await client(port, '');

  await waitUntil(() => idle.socket.readableEnded || idle.socket.destroyed);
  kept.said = '';
  kept.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitUntil(() => kept.said.endsWith('ok'));
});
