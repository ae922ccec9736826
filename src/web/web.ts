import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundedServer, peerOf } from './bounded-server.ts';

export interface Readiness {
  readonly ok: boolean;
  /** Sentences; empty when ok. */
  readonly reasons: readonly string[];
  /** What people should mend although the bot works; sentences. */
  readonly warnings?: readonly string[];
}

export interface WebDeps {
  /** Says whether the journal is verified, recovery is done and Slack is reached. */
  readonly ready: () => Readiness;
  /** Takes Slack's signed requests; without it there is no such page. */
  readonly slackEvents?: RequestListener;
  /** A malfunction that has no other place to go. */
  readonly reportError?: (error: unknown, doing: string) => void;
  /** Told of every request that is not taken: its peer, and why. */
  readonly onRefused?: (peer: string, why: string) => void;
}

export interface Web {
  /** Listens; rejects with a sentence where it cannot. Port 0 = any free one. */
  listen(port: number, host: string): Promise<{ readonly port: number }>;
  /** Stops listening, lets what is under way finish for a moment, then cuts it. */
  close(): Promise<void>;
}

/** Slack's largest payload, a press with a message of 50 blocks, is far below this; bytes. */
const largestBody = 256 * 1024;
const closingMs = 2000;
/** Far more than Slack and a few probes need, far fewer than the process may open. */
const mostConnections = 256;

/** The health pages, and the door for Slack's signed requests. */
export function createWeb(deps: WebDeps): Web {
  const server = boundedServer(
    (request, response) => {
      response.on('error', () => undefined);
      answer(deps, request, response).catch((error: unknown) => {
        deps.reportError?.(error, `answering ${request.method} ${pathOf(request)}`);
        say(request, response, 500, { error: 'Something went wrong here; the log has it.' });
      });
    },
    { connections: mostConnections, onRefused: deps.onRefused },
  );
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', (cause) => reject(new Error(whyNot(cause, host, port), { cause })));
        server.listen(port, host, () => resolve({ port: (server.address() as AddressInfo).port }));
      }),
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), closingMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function answer(
  deps: WebDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (pathOf(request)) {
    case '/healthz':
      return sayHealth(request, response, 200, { status: 'alive' });
    case '/readyz': {
      const { ok, reasons, warnings = [] } = deps.ready();
      const warned = warnings.length === 0 ? {} : { warnings };
      return sayHealth(request, response, ok ? 200 : 503, { ready: ok, reasons, ...warned });
    }
    case '/slack/events':
      if (deps.slackEvents !== undefined) {
        return passOn(deps, deps.slackEvents, request, response);
      }
      return say(request, response, 404, {
        error: 'Slack is connected by Socket Mode here; no requests are taken.',
      });
    default:
      return say(request, response, 404, {
        error: 'There is no such page; there are /healthz and /readyz.',
      });
  }
}

function sayHealth(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    say(request, response, status, body);
    return;
  }
  response.setHeader('allow', 'GET, HEAD');
  say(request, response, 405, { error: 'This page is only read: GET or HEAD.' });
}

/** Slack says how long its requests are; what does not, or is too long, is not read at all. */
async function passOn(
  { onRefused }: WebDeps,
  listener: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const length = request.headers['content-length'];
  if (request.method === 'POST' && length === undefined) {
    onRefused?.(peerOf(request.socket), 'no content-length');
    return say(request, response, 411, { error: 'A content-length is needed.' });
  }
  if (Number(length ?? 0) > largestBody) {
    onRefused?.(peerOf(request.socket), 'too large');
    return say(request, response, 413, { error: `The body is larger than ${largestBody} bytes.` });
  }
  // Node's type says void; an async listener gives a promise all the same.
  await (listener(request, response) as unknown);
}

function say(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // A body that was not read would be taken for the next request.
    ...(request.complete || request.method === 'GET' ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '/';
}

function whyNot(cause: NodeJS.ErrnoException, host: string, port: number): string {
  const place = `Cannot listen on ${host}:${port}`;
  if (cause.code === 'EADDRINUSE')
    return `${place}: another program listens there; choose another PORT.`;
  if (cause.code === 'EACCES') return `${place}: this user may not; choose a PORT above 1023.`;
  if (cause.code === 'EADDRNOTAVAIL')
    return `${place}: this machine has no such address; check HOST.`;
  return `${place}: ${cause.message}.`;
}
