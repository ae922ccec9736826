import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationSpec } from './services.ts';

/** How long an answer takes: as a small real application would, so that requests are always under way. */
const workMs = 12;
const longestSlow = 60;

/**
 * Starts one small application on a free port of the loopback and resolves with the port.
 * `/release` says `version=<side>`, `/health` and `/healthz` answer the checks, `/slow?seconds=8` sends a line a second, `/`
 * is a page. A POST to `/switch/off` makes it answer 404 to its checks, `/switch/on` ends that, `/switch` tells.
 */
export async function startApplication(spec: ApplicationSpec): Promise<number> {
  const own = { on: spec.off !== true };
  const server = createServer((request, response) => void answer(spec, own, request, response));
  // Longer than HAProxy keeps an idle connection: it never finds one closed under its hands.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function answer(
  spec: ApplicationSpec,
  own: { on: boolean },
  request: Parameters<RequestListener>[0],
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://application');
  response.setHeader('cache-control', 'no-store');
  if (request.method === 'POST' && pathname.startsWith('/switch/'))
    own.on = pathname === '/switch/on';
  if (pathname === '/health' || pathname === '/healthz' || pathname.startsWith('/switch')) {
    response
      .writeHead(own.on || request.method === 'POST' ? 200 : 404)
      .end(own.on ? 'on\n' : 'off\n');
    return;
  }
  if (pathname === '/slow') return slow(spec, Number(searchParams.get('seconds') ?? 8), response);
  await pause(workMs);
  if (pathname === '/release') {
    response.setHeader('content-type', 'text/plain');
    response.end(`version=${spec.side} server=${spec.server} service=${spec.service}\n`);
  } else if (pathname === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(spec));
  } else {
    response.writeHead(404).end('there is /, /release, /health and /slow\n');
  }
}

/** A request that stays under way for a while, to watch it survive a switch. */
async function slow(spec: ApplicationSpec, seconds: number, response: ServerResponse) {
  const lines = Math.min(Math.max(Math.floor(seconds) || 1, 1), longestSlow);
  for (let line = 1; line <= lines && !response.destroyed; line += 1) {
    response.write(`version=${spec.side} line ${line} of ${lines}\n`);
    await pause(1000);
  }
  response.end('whole\n');
}

function page({ service, side, server }: ApplicationSpec): string {
  const colour = side === 'blue' ? '#1d4ed8' : '#15803d';
  return `<!doctype html>
<meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>${service}: ${side}</title>
<body style="margin:0;height:100vh;display:grid;place-content:center;text-align:center;background:${colour};color:#fff;font-family:system-ui">
<h1 style="font-size:12vw;margin:0">${side}</h1><p style="font-size:3vw;margin:0">${service}, server ${server}</p>
`;
}
