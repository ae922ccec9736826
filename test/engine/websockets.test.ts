import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Release } from '../../src/release/release.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
let socket: Socket;
let isOpen: boolean;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      accept: 'auto',
      drain: { timeoutMs: 500, then: 'wait' },
    }),
  );
  socket = await webSocketThrough(fleet.node(1).frontend);
  isOpen = true;
  socket.once('close', () => {
    isOpen = false;
  });
});

afterEach(async () => {
  socket.destroy();
  await bench.end();
  await fleet.end();
});

/** A WebSocket, upgraded, through a node's frontend. */
async function webSocketThrough(frontend: string): Promise<Socket> {
  const { port } = new URL(frontend);
  const opened = connect(Number(port), '127.0.0.1');
  opened.on('error', () => undefined);
  await once(opened, 'connect');
  const lines = ['GET /ws HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket'];
  const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
  opened.write([...lines, ...key, '', ''].join('\r\n'));
  const [answer] = (await once(opened, 'data')) as [Buffer];
  expect(answer.toString()).toContain('101');
  return opened;
}

/** Released, accepted, and at the drain's deadline with the WebSocket still there. */
async function untilAsked(): Promise<Release> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'draining');
  await waitUntil(() => bench.release('checkout-1').drain?.asking === true, { timeout: 20_000 });
  return bench.release('checkout-1');
}

test('a WebSocket survives the switch and is listed with its source and age when the deadline asks', async () => {
  const { drain } = await untilAsked();

  const { localPort } = socket;
  expect(isOpen).toBe(true);
  expect(drain?.sessions).toBe(1);
  expect(drain?.stragglers).toEqual([
    expect.stringMatching(/^lb-2: b1 \(127\.0\.0\.1:\d+\): 1 session$/),
    expect.stringMatching(new RegExp(`^lb-2: b1 from 127\\.0\\.0\\.1:${localPort} for \\d+s$`)),
  ]);
});

test('Wait leaves it open; after another deadline the release is completed and names it', async () => {
  await untilAsked();

  await bench.ask('U0RITA', { kind: 'wait', of: 'checkout-1' });
  const { ended } = await bench.until('checkout-1', 'completed');

  expect(isOpen).toBe(true);
  expect(ended?.sentence).toContain('1 session was left on blue: lb-2: b1 (127.0.0.1:');
});

test('Shut down sessions closes it, and nothing is left', async () => {
  await untilAsked();

  await bench.ask('U0RITA', { kind: 'shut_down_sessions', of: 'checkout-1' });
  const { drain } = await bench.until('checkout-1', 'completed');
  await waitUntil(() => !isOpen, { what: 'the WebSocket to be closed' });

  expect(drain).toEqual({ sessions: 0, stragglers: [], asking: false });
});
