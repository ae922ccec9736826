import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { parseShowStat } from '../../../src/haproxy/replies/show-stat.ts';
import type { FadingAverage } from '../../../src/release/reading.ts';
import { intervalMean } from '../../../src/verdict/interval-mean.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';

let fleet: TestFleet | undefined;
let log: Socket | undefined;
afterEach(async () => {
  await fleet?.end();
  log?.close();
});

/** Total times of all requests to blue, milliseconds, in HAProxy's own words. */
async function listen(): Promise<{ readonly port: number; readonly times: number[] }> {
  const times: number[] = [];
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  log = socket;
  socket.on('message', (line) => {
    const total = /blue=(\d+)/.exec(line.toString('latin1'))?.[1];
    if (total !== undefined) times.push(Number(total));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, times };
}

/** Plain for the first 512 requests, then each one takes 1/512 of the sum with it. */
function fading(times: readonly number[]): number {
  const sum = times.reduce(
    (total, time, i) => (i < 512 ? total : total - Math.ceil(total / 512)) + time,
    0,
  );
  return Math.ceil(sum / Math.min(times.length, 512));
}

test('the mean of an interval is won back from a real average, before and after the first 512 requests', async () => {
  const { port, times } = await listen();
  const started = await aFleet()
    .withoutChecks()
    .withFrontend(
      `default_backend backend_blue\n  log 127.0.0.1:${port} local0\n  log-format "blue=%Tt"`,
    )
    .start();
  fleet = started;
  const node = started.node(0);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${node.frontend}/`, { agent }, (response) => {
        response.resume().on('end', resolve);
      }).on('error', reject);
    });
  const average = async (): Promise<FadingAverage> => {
    const stat = parseShowStat(await node.ask('show stat backend_blue -1 -1'));
    const [only] = stat.kind === 'backend' ? stat.counters.averages : [];
    if (only === undefined) throw new Error('no average');
    return only;
  };
  /** So many requests of an application that is so slow: what HAProxy logged, and what its averages give back. */
  const interval = async (count: number, slowMs: number) => {
    started.applications.blue[0]?.slowDown(slowMs);
    const [before, first] = [await average(), times.length];
    let left = count;
    const worker = async () => {
      while (left-- > 0) await ask();
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    await waitUntil(() => times.length >= first + count);
    const logged = times.slice(first);
    const after = await average();
    const mean = intervalMean(before, after);
    if (mean === undefined) throw new Error('no mean');
    const real = logged.reduce((sum, time) => sum + time, 0) / logged.length;
    return {
      requests: mean.requests,
      // What HAProxy's own arithmetic makes of the times it logged, and what it printed.
      modelOffBy: Math.abs(fading(times) - after.ttime),
      offBy: Math.abs(mean.mean - real),
      // Within an interval the newest requests weigh a little more: on a busy machine they may be slower than the first.
      allowed: mean.error + 0.25 * real,
    };
  };

  const seen = [
    await interval(120, 20),
    await interval(120, 3),
    await interval(340, 10),
    await interval(360, 2),
    await interval(120, 30),
  ];
  agent.destroy();

  expect(seen.map(({ requests }) => requests)).toEqual([120, 120, 340, 360, 120]);
  for (const { modelOffBy, offBy, allowed } of seen) {
    expect(modelOffBy).toBeLessThanOrEqual(1);
    expect(offBy).toBeLessThan(allowed);
  }
});
