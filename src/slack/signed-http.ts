import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AckFn, App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Clock } from '../engine/ports.ts';
import { type DeliveryKind, shapeOf } from './delivery.ts';
import { readSignedBody } from './signed-body.ts';

/** Where Slack delivers to. */
export const eventsPath = '/slack/events';

export interface SignedHttpDeps {
  readonly signingSecret: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** False before the start and after the end: Slack tries again what is answered with 503. */
  readonly isListening: () => boolean;
  /** The app's own id, once it is known. */
  readonly app: () => string | undefined;
  /** Told of every request that is not taken: its peer, and why. */
  readonly onRefused: (peer: string, why: string) => void;
}

interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** A request may be as many seconds old, and as many early. */
const skewS = 300;

/**
 * Takes Slack's signed requests: answers `POST /slack/events` and nothing else. It stands in the place of Bolt's own
 * receiver, which parses a body by its content type in a closure that nobody awaits. Here a body is read once, checked
 * whole, and only then given to the app.
 */
export class SignedHttp implements Receiver {
  readonly #deps: SignedHttpDeps;
  #app: App | undefined;

  constructor(deps: SignedHttpDeps) {
    this.#deps = deps;
  }

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  readonly listener: RequestListener = async (request, response) => {
    const refusal = this.#refusalOfHead(request) ?? (await this.#take(request, response));
    if (refusal === undefined) return;
    if (refusal.status !== 503) {
      this.#deps.onRefused(request.socket.remoteAddress ?? 'a peer that is gone', refusal.why);
    }
    answer(response, refusal.status);
    // What is left of the body is thrown away as it comes: a peer that is cut off while it writes hears no status.
    request.resume();
  };

  /** What can be told before a byte of the body is read. */
  #refusalOfHead(request: IncomingMessage): Refusal | undefined {
    const { headers, method } = request;
    if (method !== 'POST' || pathOf(request) !== eventsPath) {
      return { status: 404, why: 'no such page' };
    }
    if (!this.#deps.isListening()) return { status: 503, why: 'not listening' };
    if (!/^v0=[0-9a-f]{64}$/.test(String(headers['x-slack-signature']))) {
      return { status: 401, why: 'no signature' };
    }
    const stamp = String(headers['x-slack-request-timestamp']);
    const now = Date.parse(this.#deps.clock.now().at) / 1_000;
    // Kept and used again for longer, were one from the future taken.
    if (!/^\d{1,12}$/.test(stamp) || Math.abs(Number(stamp) - now) > skewS) {
      return { status: 401, why: 'no timestamp of these five minutes' };
    }
    return headers['content-encoding'] === undefined
      ? undefined
      : { status: 415, why: 'an encoded body' };
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<Refusal | undefined> {
    const bytes = await bodyOf(request);
    if (bytes === undefined) return { status: 400, why: 'late or half a request' };
    if (!this.#isSigned(request, bytes)) return { status: 401, why: 'wrong signature' };
    const text = decoded(bytes);
    if (text === undefined) return { status: 400, why: 'no UTF-8' };
    const read = readSignedBody(request.headers['content-type'], text);
    switch (read.kind) {
      case 'refused':
        return { status: 400, why: read.why };
      case 'ssl_check':
        answer(response, 200);
        return undefined;
      case 'challenge':
        answer(response, 200, { 'content-type': 'text/plain; charset=utf-8' }, read.challenge);
        return undefined;
      case 'delivery':
        return this.#deliver(read.of, read.payload, request, response);
    }
  }

  async #deliver(
    kind: DeliveryKind,
    payload: unknown,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Refusal | undefined> {
    const shape = shapeOf(kind, payload, this.#deps.app());
    if (shape.kind === 'refused') return { status: 400, why: shape.why };
    const ack: AckFn<unknown> = async () => answer(response, 200);
    if (shape.kind === 'unheard') {
      await ack();
      return undefined;
    }
    const event: ReceiverEvent = {
      body: payload as ReceiverEvent['body'],
      ack,
      ...retryOf(request),
    };
    try {
      await this.#app?.processEvent(event);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'a delivery could not be worked on');
    }
    // Slack delivers again what was not acknowledged.
    answer(response, 500);
    return undefined;
  }

  #isSigned({ headers }: IncomingMessage, body: Buffer): boolean {
    const hmac = createHmac('sha256', this.#deps.signingSecret);
    hmac.update(`v0:${headers['x-slack-request-timestamp']}:`).update(body);
    const given = Buffer.from(String(headers['x-slack-signature']).slice(3), 'hex');
    const own = hmac.digest();
    return given.length === own.length && timingSafeEqual(given, own);
  }
}

/** Undefined where the peer goes away before the end. How long a body may be, the server has judged by its length. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  try {
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function retryOf({ headers }: IncomingMessage): Pick<ReceiverEvent, 'retryNum' | 'retryReason'> {
  const number = Number.parseInt(String(headers['x-slack-retry-num']), 10);
  const reason = headers['x-slack-retry-reason'];
  return {
    ...(Number.isNaN(number) ? {} : { retryNum: number }),
    ...(typeof reason === 'string' ? { retryReason: reason } : {}),
  };
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').split('?', 1)[0] ?? '';
}

/** The first answer counts; a second one, and one to a peer that is gone, comes to nothing. */
function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-length': Buffer.byteLength(body ?? ''), ...headers });
  response.end(body);
}
