import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createWeb, type Web, type WebDeps } from '../../src/web/web.ts';

let web: Web | undefined;
afterEach(async () => {
  await web?.close();
  web = undefined;
});

async function start(deps: Partial<WebDeps> = {}): Promise<string> {
  web = createWeb({ ready: () => ({ ok: true, reasons: [] }), ...deps });
  const { port } = await web.listen(0, '127.0.0.1');
  return `http://127.0.0.1:${port}`;
}

async function get(url: string, init: RequestInit = {}): Promise<[number, unknown]> {
  const response = await fetch(url, init);
  const text = await response.text();
  return [response.status, text === '' ? '' : JSON.parse(text)];
}

const notReady = { ok: false, reasons: ['Slack is not reached.', 'Recovery is under way.'] };

describe('the health pages', () => {
  test('say alive while the process is', async () => {
    const url = await start({ ready: () => notReady });

    expect(await get(`${url}/healthz`)).toEqual([200, { status: 'alive' }]);
    expect(await get(`${url}/healthz?probe=1`)).toEqual([200, { status: 'alive' }]);
  });

  test('say ready, or why not', async () => {
    let readiness: ReturnType<WebDeps['ready']> = notReady;
    const url = await start({ ready: () => readiness });

    const before = await get(`${url}/readyz`);
    readiness = { ok: true, reasons: [] };
    const after = await get(`${url}/readyz`);

    expect(before).toEqual([503, { ready: false, reasons: notReady.reasons }]);
    expect(after).toEqual([200, { ready: true, reasons: [] }]);
  });

  test('answer HEAD with the same status and no body', async () => {
    const url = await start({ ready: () => notReady });

    expect(await get(`${url}/healthz`, { method: 'HEAD' })).toEqual([200, '']);
    expect(await get(`${url}/readyz`, { method: 'HEAD' })).toEqual([503, '']);
  });

  test('take nothing else', async () => {
    const url = await start();

    const answer = await get(`${url}/readyz`, { method: 'POST', body: 'x'.repeat(100_000) });

    expect(answer).toEqual([405, { error: 'This page is only read: GET or HEAD.' }]);
  });

  test('show no stack when readiness cannot be read', async () => {
    const complaints: unknown[] = [];
    const url = await start({
      ready: () => {
        throw new Error('disk image is malformed');
      },
      reportError: (error, doing) => complaints.push([String(error), doing]),
    });

    const answer = await get(`${url}/readyz`);

    expect(answer).toEqual([500, { error: 'Something went wrong here; the log has it.' }]);
    expect(complaints).toEqual([['Error: disk image is malformed', 'answering GET /readyz']]);
  });

  test('are all there is', async () => {
    const url = await start();

    expect(await get(`${url}/`)).toEqual([
      404,
      { error: 'There is no such page; there are /healthz and /readyz.' },
    ]);
    expect(await get(`${url}/slack/events`, { method: 'POST', body: '{}' })).toEqual([
      404,
      { error: 'Slack is connected by Socket Mode here; no requests are taken.' },
    ]);
  });
});

describe("Slack's requests", () => {
  test('reach the listener as they came', async () => {
    const url = await start({
      slackEvents: (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk) => chunks.push(chunk));
        request.on('end', () => {
          response.end(JSON.stringify([request.url, Buffer.concat(chunks).toString()]));
        });
      },
    });

    const answer = await get(`${url}/slack/events?a=1`, { method: 'POST', body: 'payload=%7B%7D' });

    expect(answer).toEqual([200, ['/slack/events?a=1', 'payload=%7B%7D']]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('are answered when the listener %s', async (_, slackEvents) => {
    const url = await start({ slackEvents: slackEvents as () => void });

    const answer = await get(`${url}/slack/events`, { method: 'POST', body: '{}' });

    expect(answer).toEqual([500, { error: 'Something went wrong here; the log has it.' }]);
  });

  test('are refused unread when they are larger than Slack sends, or do not say', async () => {
    let read = 0;
    const url = await start({ slackEvents: () => (read += 1) });
    const post = (headers: Record<string, string>) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${url}/slack/events`, { method: 'POST', headers });
        request.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
        request.write('x');
      });

    expect(await post({ 'content-length': '262145' })).toBe(413);
    expect(await post({ 'transfer-encoding': 'chunked' })).toBe(411);
    expect(read).toBe(0);
  });
});

describe('the server', () => {
  test('answers garbage with 400 and closes', async () => {
    const { port } = new URL(await start());

    const said = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\u0000\u0001\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk));
      socket.on('close', () => resolve(text));
    });

    expect(said).toBe('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });

  test('says in a sentence that its port is taken', async () => {
    const { port } = new URL(await start());
    const second = createWeb({ ready: () => notReady });

    await expect(second.listen(Number(port), '127.0.0.1')).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another program listens there; choose another PORT.`,
    );
  });

  test('closes although a client keeps its connection open', async () => {
    const { port } = new URL(await start());
    const socket = connect(Number(port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);

    await web?.close();

    await closed;
    web = undefined;
  });
});
