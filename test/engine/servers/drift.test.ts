import { afterEach, beforeEach, expect, test } from 'vitest';
import { announce } from '../../../src/release/announce.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';
import { serverName } from '../../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Bench } from '../bench.ts';
import { shopOn, statesOf } from './a-shop.ts';

let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).withServers(2).start();
  bench = new Bench(shopOn(fleet));
  await bench.ask('U0OLAF', { kind: 'maint', service: 'checkout', server: serverName('b1') });
  await bench.until('checkout-1', 'completed');
  await bench.watch.round();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

function seen(): readonly Entry[] {
  return bench.store
    .rowsSince(0)
    .filter(({ what }) => what.kind === 'drift_seen' || what.kind === 'external_change');
}

test('a reload puts the server back: told with Re-apply, which sets it again on every node', async () => {
  await fleet.node(1).reload();
  await bench.watch.round();

  const [row] = seen();
  expect(row?.what).toMatchObject({
    kind: 'drift_seen',
    what: 'worker',
    sentence: 'lb-2 was reloaded and began with its configuration: lb-2 has b1 ready, not maint.',
    again: true,
  });
  expect(announce(row as Entry, undefined)).toMatchObject([
    {
      kind: 'channel',
      again: true,
      text: 'checkout: lb-2 was reloaded and began with its configuration: lb-2 has b1 ready, not maint.\nRe-apply (role releaser or operator) sets them as they should be.',
    },
  ]);
  // A server that is not checked yet is not counted as healthy.
  await waitUntil(
    async () =>
      (await fleet.node(1).ask('show stat backend_blue 4 -1')).match(/,L7OK,/g)?.length === 2,
  );
  const reply = await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });
  await bench.until('checkout-2', 'completed');
  await bench.watch.round();
  expect(reply).toMatchObject({ text: expect.stringContaining('backend_blue/b1 → maint') });
  expect(await statesOf(fleet)).toEqual([
    { b1: 'maint', b2: 'ready' },
    { b1: 'maint', b2: 'ready' },
  ]);
  expect(
    seen()
      .map(({ what }) => 'sentence' in what && what.sentence)
      .at(-1),
  ).toBe('lb-2 has its servers as they should be again.');
});

test('another hand is told once, and so is that it is right again', async () => {
  await fleet.node(0).ask('set server backend_blue/b1 state ready');
  await bench.watch.round();
  await bench.watch.round();
  await fleet.node(0).ask('set server backend_blue/b1 state maint');
  await bench.watch.round();

  expect(seen().map(({ what }) => [what.kind, 'sentence' in what && what.sentence])).toEqual([
    ['external_change', 'Another hand set servers: lb-1 has b1 ready, not maint.'],
    ['drift_seen', 'lb-1 has its servers as they should be again.'],
  ]);
});

test('a node that falls silent is told, and that it answers again', async () => {
  await fleet.node(1).pause();
  await bench.watch.round();
  fleet.node(1).resume();
  await bench.watch.round();

  expect(seen().map(({ what }) => 'sentence' in what && what.sentence)).toEqual([
    expect.stringMatching(/^lb-2 does not answer: /),
    'lb-2 answers again. Its servers are as they should be.',
  ]);
});
