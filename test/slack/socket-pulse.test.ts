import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SocketModeReceiver } from '@slack/bolt';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { keepPulse, neverMs } from '../../src/slack/socket-pulse.ts';
import { holdEventLoop } from '../support/hold-event-loop.ts';
import { waitUntil } from '../support/wait-until.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Bolt's Socket Mode client, connected to a peer that answers pings or does not. */
async function connected({ autoPong }: { autoPong: boolean }) {
  const sockets = new WebSocketServer({ noServer: true, autoPong });
  const http = createServer((_request, response) => {
    const { port } = http.address() as AddressInfo;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}` }));
  });
  let pings = 0;
  let peer: WebSocket | undefined;
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (one) => {
      peer = one;
      one.on('ping', () => {
        pings += 1;
      });
      one.send(JSON.stringify({ type: 'hello' }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const { client } = new SocketModeReceiver({
    appToken: 'xapp-1-A-1-a',
    logger: boltLogger(pino({ enabled: false })),
    autoReconnectEnabled: false,
    clientPingTimeout: neverMs,
    serverPingTimeout: neverMs,
    installerOptions: { clientOptions: { slackApiUrl: `http://127.0.0.1:${port}/api/` } },
  });
  const seen = { disconnected: 0 };
  client.on('disconnected', () => {
    seen.disconnected += 1;
  });
  await client.start();
  closing.push(() => {
    peer?.terminate();
    sockets.close();
    http.close();
    http.closeAllConnections();
  });
  if (client.websocket === undefined) throw new Error('The client has no connection.');
  return { line: client.websocket, seen, pings: () => pings, peer: () => peer };
}

test('a stall of the event loop closes no connection that answers', async () => {
  const { line, seen, pings } = await connected({ autoPong: true });
  const end = new AbortController();

  keepPulse(line, end.signal, { everyMs: 20, silentMs: 300 });
  holdEventLoop(700);
  const before = pings();

  await waitUntil(() => pings() > before + 3);
  expect([line.isActive(), seen.disconnected]).toEqual([true, 0]);
  end.abort();
});

test('a connection that answers no ping is cut, and nobody waits for its goodbye', async () => {
  const { line, seen, peer } = await connected({ autoPong: false });
  peer()?.pause();

  keepPulse(line, new AbortController().signal, { everyMs: 20, silentMs: 300 });

  await waitUntil(() => seen.disconnected === 1, { timeout: 15_000 });
  expect(line.isActive()).toBe(false);
});
