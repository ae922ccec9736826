import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answers } from './answers.ts';

const timeoutMs = 10_000;
/** Between two requests of one caller. */
const restMs = 20;

/**
 * Requests on a new connection each, from `callers` side by side, until stopped; every request begun is waited for and counted.
 * By hand, because autocannon does not count the answers of connections that it renews (`reconnectRate`).
 */
export function startFreshLoad(options: {
  readonly url: string;
  readonly host: string;
  readonly callers: number;
  readonly answers: Answers;
}): { readonly stop: () => Promise<void> } {
  let stopped = false;
  const call = async () => {
    while (!stopped) {
      try {
        const { status, body } = await request(options.url, options.host);
        options.answers.count(status, body);
      } catch (error) {
        options.answers.fail(`new connection: ${error instanceof Error ? error.message : error}`);
      }
      await pause(restMs);
    }
  };
  const callers = Array.from({ length: options.callers }, call);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(callers);
    },
  };
}

/** One GET on a connection of its own; rejects where the answer is not whole. */
export function request(
  url: string,
  host: string,
  timeout = timeoutMs,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false, headers: { host, connection: 'close' } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('end', () => {
        if (response.complete) resolve({ status: response.statusCode ?? 0, body });
        else reject(new Error('the answer was cut'));
      });
      response.once('error', reject);
    });
    asked.setTimeout(timeout, () => asked.destroy(new Error(`no answer within ${timeout} ms`)));
    asked.once('error', reject);
  });
}
