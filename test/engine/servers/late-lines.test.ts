import { afterEach, expect, test } from 'vitest';
import type { Command } from '../../../src/commands/command.ts';
import { openWrites, type Release } from '../../../src/release/release.ts';
import { serverName } from '../../../src/release/vocabulary.ts';
import { FaultProxy } from '../../faults/fault-proxy.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Bench } from '../bench.ts';
import { shopOn, statesOf } from './a-shop.ts';

// One slow line among fast ones, for single servers: see test/engine/late-lines.test.ts.

const deadlineMs = 1_000;
const delays = { below: 800, above: 1_300, far: 3_000 } as const;
const lateMs = 2_500;
const b1 = serverName('b1');

let fleet: TestFleet;
let proxy: FaultProxy;
let bench: Bench;

afterEach(async () => {
  await bench.end();
  await proxy.end();
  await fleet.end();
});

async function ask(command: Command): Promise<void> {
  const user = ['abort', 'release'].includes(command.kind) ? 'U0RITA' : 'U0OLAF';
  let replies = '';
  // A node that is slow because the machine is: nothing was done, so it is asked again.
  await waitUntil(
    async () => {
      const reply = await bench.ask(user, command);
      replies = JSON.stringify(reply);
      return reply.kind === 'done';
    },
    { every: 200 },
  ).catch((error: Error) => {
    throw new Error(`${error.message} ${JSON.stringify(command)} ${replies}`);
  });
}

const last = (): Release => bench.release(`checkout-${bench.store.service('checkout').lastNumber}`);
const turn = (kind: 'drain' | 'ready'): Command => ({
  kind,
  service: 'checkout',
  server: b1,
});
const isSent = () => waitUntil(() => proxy.seen.some(({ fault }) => fault === 'delay'));

/** What is done, and what b1 is then on every node; `release`: rolling, taken back in the middle. */
const acts: readonly (readonly [string, keyof typeof delays, () => Promise<void>, string])[] = [
  ['drain', 'above', () => ask(turn('drain')), 'drain'],
  [
    're-apply',
    'far',
    async () => {
      await fleet.node(1).ask('set server backend_blue/b1 state ready');
      await ask({ kind: 'reapply', of: 'checkout' });
    },
    'drain',
  ],
  ['ready', 'above', () => ask(turn('ready')), 'ready'],
  [
    'a rolling release that is taken back while its first line is late',
    'far',
    async () => {
      await ask({ kind: 'release', service: 'checkout' });
      await isSent();
      await ask({ kind: 'abort', of: last().id });
    },
    'ready',
  ],
];

test('single servers: each line late once, and nothing comes behind the end', async () => {
  fleet = await aFleet().withNodes(2).withServers(2).start();
  proxy = await new FaultProxy(fleet.folder, 'late', fleet.node(1).runtime).start();
  const config = shopOn(fleet);
  const { target } = config.services.get('checkout') ?? {};
  Object.assign(target?.nodes[1] ?? {}, { runtime: proxy.address });
  bench = new Bench(config, { deadlineMs, lateMs });

  for (const [what, delay, act, state] of acts) {
    const ms = delays[delay];
    proxy.seen.length = 0;
    await proxy.set(
      { kind: 'delay', ms },
      { when: (line) => line.startsWith('set server'), times: 1 },
    );
    await act();
    await waitUntil(() => last().ended !== undefined, { timeout: 30_000, what });
    const sentAt = proxy.seen.find(({ fault }) => fault === 'delay')?.at ?? Number.NaN;
    await waitUntil(() => performance.now() > sentAt + ms + 200, { what: `${what}, late` });

    const rows = bench.store.rowsOf(last().id).map((row) => row.what.kind);
    const held = (await statesOf(fleet)).map((servers) => servers.b1);
    expect([what, rows.slice(rows.indexOf('ended') + 1)]).toEqual([what, []]);
    expect([what, openWrites(last())]).toEqual([what, []]);
    expect([what, last().ended?.sentence, held]).toEqual([
      what,
      last().ended?.sentence,
      [state, state],
    ]);
  }
  expect(bench.complaints).toEqual([]);
}, 120_000);
