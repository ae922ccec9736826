import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Side } from '../../src/release/vocabulary.ts';

/**
 * One small HTTP application of a side, in this process.
 * `/release` and every other path answer `version=<side> server=<name>`, with header `X-Version`; `/healthz` is for the checks;
 * `/hold` keeps the request open until `letGo()`; an Upgrade (WebSocket) is accepted with 101 and kept open.
 * It has a switch of its own: POST `/switch/on` and `/switch/off`; `/switch` and the checks answer 404 while it is off.
 */
export class Application {
  readonly side: Side;
  readonly name: string;
  /** Requests answered, checks not counted. */
  served = 0;
  /** False: switched off, as its own switch tells. */
  isOn = true;
  /** What its switch was told, `POST /switch/on`, in order; and what it answers to that, 204. */
  readonly told: string[] = [];
  switchStatus = 204;
  /** What it waits for, once, before it does what its switch was told next, and answers. */
  beforeSwitch: (() => Promise<unknown>) | undefined;
  /** How often it was asked whether it is on. */
  asked = 0;
  #healthy = true;
  #status = 200;
  #words: string | undefined;
  #delayMs = 0;
  #waiting = 0;
  readonly #server: Server;
  readonly #held = new Set<ServerResponse>();
  readonly #upgraded = new Set<Socket>();

  private constructor(side: Side, name: string) {
    this.side = side;
    this.name = name;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on('upgrade', (request, socket: Socket) => this.#upgrade(request, socket));
  }

  static async start(side: Side, name: string): Promise<Application> {
    const application = new Application(side, name);
    await new Promise<void>((resolve, reject) => {
      application.#server.once('error', reject);
      application.#server.listen(0, '127.0.0.1', () => resolve());
    });
    return application;
  }

  /** Where it listens on 127.0.0.1. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Health checks get 503: HAProxy takes the server DOWN. */
  failHealth(): void {
    this.#healthy = false;
  }

  /** Every request but the checks gets this status, with this reason phrase and body. */
  answerWith(status: number, words?: string): void {
    this.#status = status;
    this.#words = words;
  }

  /** Every request but the checks waits this many milliseconds. */
  slowDown(ms: number): void {
    this.#delayMs = ms;
  }

  /** Healthy, 200, at once: as it started. */
  recover(): void {
    this.#healthy = true;
    this.#status = 200;
    this.#words = undefined;
    this.#delayMs = 0;
  }

  /** Requests on `/hold` and upgraded connections that are open now. */
  get held(): number {
    return this.#held.size + this.#upgraded.size;
  }

  /** Requests that wait for their answer because of `slowDown`. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Answers what `/hold` holds, and closes the upgraded connections. */
  letGo(): void {
    for (const response of this.#held) this.#respond(response);
    for (const socket of this.#upgraded) socket.destroy();
    this.#held.clear();
    this.#upgraded.clear();
  }

  async end(): Promise<void> {
    this.letGo();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/healthz') {
      const status = this.isOn ? 200 : 404;
      response.writeHead(this.#healthy ? status : 503).end(this.#healthy ? 'ok' : 'down');
      return;
    }
    if (path.startsWith('/switch')) {
      const status = await this.#answerSwitch(request.method ?? '', path);
      response.writeHead(status).end();
      return;
    }
    if (path === '/hold') {
      this.#held.add(response);
      response.on('close', () => this.#held.delete(response));
      return;
    }
    this.#waiting += 1;
    if (this.#delayMs > 0) await pause(this.#delayMs);
    this.#waiting -= 1;
    this.#respond(response);
  }

  async #answerSwitch(method: string, path: string): Promise<number> {
    if (path === '/switch') {
      this.asked += 1;
      return this.isOn ? 200 : 404;
    }
    this.told.push(`${method} ${path}`);
    const waits = this.beforeSwitch;
    this.beforeSwitch = undefined;
    await waits?.();
    if (this.switchStatus < 300) this.isOn = path === '/switch/on';
    return this.switchStatus;
  }

  #respond(response: ServerResponse): void {
    this.served += 1;
    const own = `version=${this.side} server=${this.name}\n`;
    const headers = { 'content-type': 'text/plain', 'x-version': this.side };
    if (this.#words === undefined) response.writeHead(this.#status, headers).end(own);
    else response.writeHead(this.#status, this.#words, headers).end(this.#words);
  }

  #upgrade(request: IncomingMessage, socket: Socket): void {
    this.#upgraded.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#upgraded.delete(socket));
    // HAProxy answers 502 to a WebSocket whose key was not accepted (RFC 6455, 4.2.2).
    const accepted = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accepted}\r\n\r\n`,
    );
  }
}
