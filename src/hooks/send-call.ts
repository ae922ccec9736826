import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { OutputBudget, type OutputDeps, OutputLines } from './output-lines.ts';

export interface CallAsk {
  readonly url: string;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly output: Omit<OutputDeps, 'budget'>;
}

export type CallEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly last: string }
  | { readonly kind: 'no_answer'; readonly why: string };

/** More of an answer is not read. */
const largestBody = 64 * 1024;
const largestHead = 16 * 1024;

/**
 * Sends one POST on a connection of its own and reads the answer to its end. Follows no redirect. Without limits but the
 * signal's: a deployment may take an hour (`fetch` gives up after five minutes by itself). Never rejects.
 */
export function sendCall({ url, body, signal, output }: CallAsk): Promise<CallEnd> {
  return new Promise((resolve) => {
    let request: ClientRequest;
    let answering = false;
    const end = (result: CallEnd): void => {
      resolve(result);
      request?.destroy();
    };
    const silent = (error: unknown): void => end({ kind: 'no_answer', why: wordsOf(error) });
    try {
      request = open(url, body, signal);
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

function open(url: string, body: string, signal: AbortSignal): ClientRequest {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return send(url, {
    method: 'POST',
    agent: false,
    maxHeaderSize: largestHead,
    signal,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'pointsman',
      connection: 'close',
    },
  });
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
