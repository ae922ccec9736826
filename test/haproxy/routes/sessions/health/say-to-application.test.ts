import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sayToApplication } from '../../../../../src/haproxy/routes/sessions/health/say-to-application.ts';
import { stateOfApplication } from '../../../../../src/haproxy/routes/sessions/health/state-of-application.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  answer: Parameters<typeof createServer>[1],
): Promise<{ readonly url: string; readonly heard: string[] }> {
  const heard: string[] = [];
  const started = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.host}`);
    answer?.(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}/it?a=b`, heard };
}

test('what it says arrives as it is written, and only the status counts', async () => {
  const { url, heard } = await serve((_, response) => {
    response.writeHead(202);
    // A body without end is nobody's concern.
    const more = () => response.write('x'.repeat(65_536), more);
    more();
  });

  expect(await sayToApplication('POST', url)).toEqual({ kind: 'answer', status: 202 });
  expect(heard).toEqual([`POST /it?a=b ${new URL(url).host}`]);
});

test('a redirect is an answer, and is not followed', async () => {
  const { url, heard } = await serve((_, response) => {
    response.writeHead(307, { location: '/elsewhere' }).end();
  });

  expect(await sayToApplication('POST', url)).toEqual({ kind: 'answer', status: 307 });
  expect(heard.length).toBe(1);
});

test('nobody there: certainly nothing was sent', async () => {
  const { url } = await serve(() => {});
  await new Promise((resolve) => server?.close(resolve));

  expect(await sayToApplication('POST', url)).toEqual({
    kind: 'no_answer',
    why: expect.stringContaining('ECONNREFUSED'),
    sent: false,
  });
});

test('what is cut off or never answered may have arrived', async () => {
  const { url } = await serve((request, response) => {
    if (request.method === 'POST') response.destroy();
  });

  const [cut, silent] = await Promise.all([
    sayToApplication('POST', url),
    sayToApplication('GET', url),
  ]);

  expect([cut, silent]).toEqual([
    { kind: 'no_answer', why: expect.stringMatching(/socket hang up|closed/), sent: true },
    { kind: 'no_answer', why: 'no answer within 5000 ms', sent: true },
  ]);
});

test('a link-local address is never connected to', async () => {
  expect(await sayToApplication('GET', 'http://169.254.169.254/latest')).toEqual({
    kind: 'no_answer',
    why: '169.254.169.254 is the link-local address 169.254.169.254, which is never connected to',
    sent: false,
  });
});

test('a name is looked up; one that has no address was not sent to', async () => {
  const { url } = await serve((_, response) => response.end());

  expect(await sayToApplication('GET', url.replace('127.0.0.1', 'localhost'))).toEqual({
    kind: 'answer',
    status: 200,
  });
});

test.each([
  [200, 'on'],
  [404, 'off'],
  [500, 'unknown'],
  [301, 'unknown'],
])('a state that answers %i is %s', async (status, state) => {
  const { url } = await serve((_, response) => response.writeHead(status).end());

  expect(await stateOfApplication(url)).toBe(state);
});

test('an application that does not know HEAD is asked by GET', async () => {
  const { url, heard } = await serve((request, response) => {
    response.writeHead(request.method === 'HEAD' ? 405 : 404).end();
  });

  expect(await stateOfApplication(url)).toBe('off');
  expect(heard.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'GET']);
});
