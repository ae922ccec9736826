import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { PinnedAddress } from '../address/pinned-address.ts';

export interface SmokeRequest {
  readonly secure: boolean;
  readonly to: PinnedAddress;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For TLS: the name asked for and proven, and the PEM text it is proven against. */
  readonly servername?: string;
  readonly ca?: string;
}

export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The body's bytes as they came; nothing is decoded. */
  readonly body: Buffer;
}

/** No whole answer within the limits; says what was seen instead. */
export interface NoAnswer {
  readonly kind: 'no_answer';
  readonly why: string;
}

/** A page that proves a release is small; the rest is not read. */
export const largestBody = 64 * 1024;
const largestHead = 16 * 1024;

/** Sends one GET on a connection of its own and reads the whole answer. Never rejects, follows nothing. */
export function sendRequest(asked: SmokeRequest, signal: AbortSignal): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    const end = (result: Answer | NoAnswer): void => {
      resolve(result);
      // Only the first word counts; what the socket still says on its way out is nobody's concern.
      request?.destroy();
    };
    try {
      request = open(asked, signal);
    } catch (error) {
      resolve(silence(error, signal));
      return;
    }
    let answering = false;
    request.on('response', (response) => {
      answering = true;
      readAnswer(response, signal, end);
    });
    request.on('error', (error) => end(silence(error, signal)));
    request.on('upgrade', () => end({ kind: 'no_answer', why: 'it switched protocols' }));
    request.on('close', () => {
      // Of an answer that has begun, its own events tell the end: they may come after this one.
      if (!answering) end({ kind: 'no_answer', why: 'it closed without an answer' });
    });
    request.end();
  });
}

function open(asked: SmokeRequest, signal: AbortSignal): ClientRequest {
  const common = {
    host: asked.to.address,
    family: asked.to.family,
    port: asked.port,
    path: asked.path,
    headers: asked.headers,
    setHost: false,
    agent: false as const,
    maxHeaderSize: largestHead,
    signal,
  };
  if (!asked.secure) return httpRequest(common);
  return httpsRequest({
    ...common,
    ...(asked.servername === undefined ? {} : { servername: asked.servername }),
    ...(asked.ca === undefined ? {} : { ca: asked.ca }),
  });
}

function readAnswer(
  response: IncomingMessage,
  signal: AbortSignal,
  end: (result: Answer | NoAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestBody) end({ kind: 'no_answer', why: 'its body is larger than 64 KB' });
    else chunks.push(chunk);
  });
  response.on('end', () => {
    const { statusCode: status = 0, headers } = response;
    end({ kind: 'answer', status, headers, body: Buffer.concat(chunks) });
  });
  response.on('error', (error) => end(silence(error, signal)));
}

function silence(error: unknown, signal: AbortSignal): NoAnswer {
  const cause: unknown = signal.aborted ? signal.reason : error;
  return { kind: 'no_answer', why: cause instanceof Error ? cause.message : String(cause) };
}
