import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import {
  type PinnedAddress,
  pin,
  type Resolve,
  systemResolver,
} from '../address/pinned-address.ts';
import { OutputBudget, type OutputDeps, OutputLines } from './output-lines.ts';

export interface CallAsk {
  readonly url: string;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly output: Omit<OutputDeps, 'budget'>;
  /** How a name becomes an address; the system's way. */
  readonly resolve?: Resolve;
}

export type CallEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly last: string }
  | { readonly kind: 'no_answer'; readonly why: string };

/** More of an answer is not read. */
const largestBody = 64 * 1024;
const largestHead = 16 * 1024;

/**
 * Sends one POST on a connection of its own and reads the answer to its end. Its name is resolved once, judged, and that
 * address connected to. Follows no redirect. Without limits but the signal's: a deployment may take an hour (`fetch`
 * gives up after five minutes by itself). Never rejects.
 */
export async function sendCall(ask: CallAsk): Promise<CallEnd> {
  try {
    const { hostname } = new URL(ask.url);
    const to = await within(ask.signal, pin(hostname, ask.resolve ?? systemResolver));
    return typeof to === 'string' ? { kind: 'no_answer', why: to } : await send(ask, to);
  } catch (error) {
    return { kind: 'no_answer', why: wordsOf(error) };
  }
}

/** A resolver cannot be ended; who waits for it can. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

function send({ url, body, signal, output }: CallAsk, to: PinnedAddress): Promise<CallEnd> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    let answering = false;
    const end = (result: CallEnd): void => {
      resolve(result);
      request?.destroy();
    };
    const silent = (error: unknown): void => end({ kind: 'no_answer', why: wordsOf(error) });
    try {
      request = open(url, body, signal, to);
    } catch (error) {
      silent(error);
      return;
    }
    request.on('response', (response) => {
      answering = true;
      read(response, output, end);
    });
    request.on('error', silent);
    request.on('upgrade', () => silent(new Error('it switched protocols')));
    request.on('close', () => {
      if (!answering) silent(new Error('it closed without an answer'));
    });
    request.end(body);
  });
}

function open(text: string, body: string, signal: AbortSignal, to: PinnedAddress): ClientRequest {
  const url = new URL(text);
  const secure = url.protocol === 'https:';
  const send = secure ? httpsRequest : httpRequest;
  return send({
    method: 'POST',
    host: to.address,
    family: to.family,
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    setHost: false,
    agent: false,
    maxHeaderSize: largestHead,
    signal,
    // The certificate is proved for the name, whatever address it has.
    ...(secure && !isLiteral(url) ? { servername: url.hostname } : {}),
    headers: {
      host: url.host,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'pointsman',
      connection: 'close',
    },
  });
}

function isLiteral({ hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

function read(
  response: IncomingMessage,
  output: Omit<OutputDeps, 'budget'>,
  end: (result: CallEnd) => void,
): void {
  const lines = new OutputLines({ ...output, budget: new OutputBudget() });
  const answered = (): void => {
    lines.end();
    end({ kind: 'answered', status: response.statusCode ?? 0, last: lines.last });
  };
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    lines.push(chunk);
    // The status has been said; what a page goes on to say after so much is nobody's concern.
    if (size > largestBody) answered();
  });
  response.on('end', answered);
  response.on('error', (error) => end({ kind: 'no_answer', why: wordsOf(error) }));
  response.on('aborted', () => end({ kind: 'no_answer', why: 'its answer was cut off' }));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
