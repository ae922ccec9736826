import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { type PinnedAddress, pin, systemResolver } from '../../../../address/pinned-address.ts';
import { Deadline } from '../../../../timing/deadline.ts';

export type ApplicationAnswer =
  | { readonly kind: 'answer'; readonly status: number }
  | {
      readonly kind: 'no_answer';
      readonly why: string;
      /** False: certainly nothing of it has arrived. */
      readonly sent: boolean;
    };

/** For everything: name, connection, TLS and the answer's head. */
const deadlineMs = 5_000;
const largestHead = 16 * 1024;

/**
 * Says one thing to one application: a connection of its own to an address that is looked up once, no redirects, no body
 * sent and none read. Only the status counts. Never rejects.
 */
export async function sayToApplication(
  method: 'POST' | 'HEAD' | 'GET',
  url: string,
  signal?: AbortSignal,
): Promise<ApplicationAnswer> {
  const limit = new AbortController();
  const late = new Error(`no answer within ${deadlineMs} ms`);
  const deadline = new Deadline(deadlineMs, () => limit.abort(late));
  const stop = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
  try {
    const target = new URL(url);
    const { address, family } = await pinned(target.hostname, stop);
    return await exchange(method, target, { address, family, stop });
  } catch (error) {
    return { kind: 'no_answer', why: wordsOf(error, stop), sent: false };
  } finally {
    deadline.cancel();
  }
}

/** Rejects where the host has no address, or one that is never connected to. */
async function pinned(host: string, stop: AbortSignal): Promise<PinnedAddress> {
  const found = await inTime(pin(host, systemResolver), stop);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

function inTime<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
    work.then(resolve, reject);
  });
}

function exchange(
  method: string,
  url: URL,
  { address, family, stop }: PinnedAddress & { readonly stop: AbortSignal },
): Promise<ApplicationAnswer> {
  return new Promise((resolve) => {
    let sent = false;
    const secure = url.protocol === 'https:';
    const request: ClientRequest = (secure ? httpsRequest : httpRequest)({
      method,
      host: address,
      family,
      port: url.port || (secure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        'user-agent': 'pointsman',
        'content-length': 0,
        connection: 'close',
      },
      setHost: false,
      agent: false,
      maxHeaderSize: largestHead,
      signal: stop,
      ...(secure && isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
    });
    const end = (answer: ApplicationAnswer): void => {
      resolve(answer);
      request.destroy();
    };
    request.on('socket', (socket) => socket.once('connect', () => (sent = true)));
    request.on('response', ({ statusCode }) => end({ kind: 'answer', status: statusCode ?? 0 }));
    request.on('error', (error) => end({ kind: 'no_answer', why: wordsOf(error, stop), sent }));
    request.on('close', () => end({ kind: 'no_answer', why: 'it closed without an answer', sent }));
    request.end();
  });
}

function wordsOf(error: unknown, stop: AbortSignal): string {
  const cause: unknown = stop.aborted ? stop.reason : error;
  return cause instanceof Error ? cause.message : String(cause);
}
