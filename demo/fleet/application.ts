import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApplicationSpec } from './services.ts';

/** How long an answer takes: as a small real application would, so that requests are always under way. */
const workMs = 12;
const longestSlow = 60;
/** How long a background job takes that was under way when the jobs were told to pause. */
const jobMs = 700;

/**
 * One small application on a port of the loopback. `/release` says `version=<side>`, `/health` and `/healthz` answer the
 * checks, `/slow?seconds=8` sends a line a second, `/` is a page. A POST to `/switch/off` makes it answer 404 to its checks,
 * `/switch/on` ends that, `/switch` tells; `/jobs/pause` lets its background jobs end, `/jobs/running` counts them.
 */
export class Application {
  readonly spec: ApplicationSpec;
  #port = 0;
  #server: Server | undefined;
  /** What was deployed; empty: nothing ever was. */
  #version = '';
  #isOn: boolean;
  #pausedAt: number | undefined;

  private constructor(spec: ApplicationSpec) {
    this.spec = spec;
    this.#isOn = spec.off !== true;
  }

  /** Takes a free port and serves there, unless the spec says that it is stopped. */
  static async start(spec: ApplicationSpec): Promise<Application> {
    const application = new Application(spec);
    await application.up('');
    if (spec.stopped === true) await application.stop();
    return application;
  }

  get port(): number {
    return this.#port;
  }

  /** Serves this version, on the port that it always has. */
  async up(version: string): Promise<void> {
    await this.stop();
    this.#version = version;
    const server = createServer((request, response) => void this.#answer(request, response));
    // Longer than HAProxy keeps an idle connection: it never finds one closed under its hands.
    server.keepAliveTimeout = 120_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Ends what is under way, then is gone. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
  }

  async #answer(request: Parameters<RequestListener>[0], response: ServerResponse): Promise<void> {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://application');
    response.setHeader('cache-control', 'no-store');
    if (this.#isAboutItself(request.method, pathname, response)) return;
    if (pathname === '/slow') {
      await this.#slow(Number(searchParams.get('seconds') ?? 8), response);
      return;
    }
    await pause(workMs);
    const { side, server, service } = this.spec;
    if (pathname === '/release') {
      const release = this.#version === '' ? '' : ` release=${this.#version}`;
      response.setHeader('content-type', 'text/plain');
      response.end(`version=${side} server=${server} service=${service}${release}\n`);
    } else if (pathname === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page(this.spec, this.#version));
    } else {
      response.writeHead(404).end('there is /, /release, /health and /slow\n');
    }
  }

  /** Checks, its own switch, its jobs: answered at once. */
  #isAboutItself(method: string | undefined, pathname: string, response: ServerResponse): boolean {
    if (method === 'POST' && pathname.startsWith('/switch/')) {
      this.#isOn = pathname === '/switch/on';
      response.end();
    } else if (method === 'POST' && pathname === '/jobs/pause') {
      this.#pausedAt = performance.now();
      response.end();
    } else if (pathname === '/jobs/running') {
      response.end(String(this.#jobs()));
    } else if (['/health', '/healthz', '/switch'].includes(pathname)) {
      response.writeHead(this.#isOn ? 200 : 404).end(this.#isOn ? 'on\n' : 'off\n');
    } else {
      return false;
    }
    return true;
  }

  /** Two of them, until they were told to pause; then one ends after the other. */
  #jobs(): number {
    if (this.#pausedAt === undefined) return 2;
    const ended = Math.floor((performance.now() - this.#pausedAt) / jobMs);
    return Math.max(0, 2 - ended);
  }

  /** A request that stays under way for a while, to watch it survive a switch. */
  async #slow(seconds: number, response: ServerResponse): Promise<void> {
    const lines = Math.min(Math.max(Math.floor(seconds) || 1, 1), longestSlow);
    for (let line = 1; line <= lines && !response.destroyed; line += 1) {
      response.write(`version=${this.spec.side} line ${line} of ${lines}\n`);
      await pause(1000);
    }
    response.end('whole\n');
  }
}

function page({ service, side, server }: ApplicationSpec, version: string): string {
  const colour = side === 'blue' ? '#1d4ed8' : '#15803d';
  const release = version === '' ? '' : `, version ${version}`;
  return `<!doctype html>
<meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>${service}: ${side}</title>
<body style="margin:0;height:100vh;display:grid;place-content:center;text-align:center;background:${colour};color:#fff;font-family:system-ui">
<h1 style="font-size:12vw;margin:0">${side}</h1><p style="font-size:3vw;margin:0">${service}, server ${server}${release}</p>
`;
}
