import autocannon from 'autocannon';
import type { Answers } from './answers.ts';

/** What autocannon measured over its whole run, milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Longer than any play; `stop` ends it. */
const longestSeconds = 600;

/** Connections that are kept, each with one request after the other, until stopped. */
export type KeepAlive = (options: {
  readonly url: string;
  readonly host: string;
  readonly connections: number;
  readonly answers: Answers;
}) => { readonly stop: () => Promise<Latency> };

/** By autocannon: quick, and it does not listen to `Connection: close`. */
export const startKeepAliveLoad: KeepAlive = (options) => {
  const { answers, connections } = options;
  let instance: autocannon.Instance | undefined;
  const done = new Promise<autocannon.Result>((resolve, reject) => {
    instance = autocannon(
      {
        url: options.url,
        headers: { host: options.host },
        connections,
        duration: longestSeconds,
        timeout: 10,
        // Told of the status by `response`, of the body by this: it is called for every whole answer.
        verifyBody: (body) => /^version=(blue|green) /.test(String(body)),
        setupClient: (client) => watch(client, answers),
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
  });
  return {
    stop: async () => {
      instance?.stop();
      const result = await done;
      const { latency } = result;
      judge(result, connections, answers);
      return { p50: latency.p50, p99: latency.p99, max: latency.max };
    },
  };
};

/** Pairs each answer's body with its status. One request at a time is under way on a connection. */
function watch(client: autocannon.Client, answers: Answers): void {
  let body = '';
  client.on('body', (chunk) => {
    body += chunk.toString();
  });
  client.on('response', (status) => {
    answers.count(status, body);
    body = '';
  });
}

/** autocannon takes a connection that was closed without an answer for a new start; what was sent tells. */
function judge(result: autocannon.Result, connections: number, answers: Answers): void {
  const answered = result['2xx'] + result.non2xx;
  const unanswered = result.requests.sent - answered;
  if (result.errors > 0) {
    answers.fail(`${result.errors} connection errors or time-outs`, result.errors);
  }
  if (unanswered > connections) {
    answers.fail(
      `${unanswered} requests without an answer, ${connections} of them cut by the end`,
      unanswered - connections,
    );
  }
}
