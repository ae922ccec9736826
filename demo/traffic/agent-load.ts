import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Answers } from './answers.ts';
import type { KeepAlive, Latency } from './keep-alive-load.ts';

const timeoutMs = 10_000;

/**
 * The same as the other load over kept connections, by a client that listens to `Connection: close`: after such an answer its
 * next request is sent on a new connection. A request that meets a closed connection is not sent again, it has failed.
 */
export const startAgentLoad: KeepAlive = ({ url, host, connections, answers }) => {
  let stopped = false;
  const times: number[] = [];
  const call = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      const start = performance.now();
      await request(url, host, agent, answers);
      times.push(performance.now() - start);
    }
    agent.destroy();
  };
  const callers = Array.from({ length: connections }, call);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(callers);
      return latencyOf(times);
    },
  };
};

/** Never rejects: a failure is counted. */
function request(url: string, host: string, agent: Agent, answers: Answers): Promise<void> {
  return new Promise((resolve) => {
    const failed = (error: Error) => {
      answers.fail(`kept connection: ${error.message}`);
      resolve();
    };
    const asked = get(url, { agent, headers: { host } }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.once('error', failed);
      response.once('end', () => {
        answers.count(response.statusCode ?? 0, body);
        resolve();
      });
    });
    asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    asked.once('error', failed);
  });
}

function latencyOf(times: number[]): Latency {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
