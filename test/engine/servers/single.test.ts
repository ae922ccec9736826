import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../../src/commands/command.ts';
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
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

type State = 'drain' | 'maint' | 'ready';

function say(state: State, server: string, user = 'U0OLAF'): Promise<Reply> {
  return bench.ask(user, { kind: state, service: 'checkout', server: serverName(server) });
}

async function done(state: State, server: string, id: string): Promise<void> {
  await say(state, server);
  await bench.until(id, 'completed');
}

/** A health check of every node has said so. */
async function isDown(server: string): Promise<void> {
  await waitUntil(async () => {
    const replies = await Promise.all(
      fleet.nodes.map((node) => node.ask('show stat backend_blue 4 -1')),
    );
    return replies.every((reply) =>
      new RegExp(`^backend_blue,${server},(.*,)?DOWN,`, 'm').test(reply),
    );
  });
}

test('an operator sets one server on every node, at once, as a release of its own', async () => {
  const reply = await say('drain', 'b1');
  const { ended } = await bench.until('checkout-1', 'completed');

  expect(reply).toMatchObject({
    kind: 'done',
    text: 'checkout-1: backend_blue/b1 → drain. It needs no approval and begins now.',
  });
  expect(ended?.sentence).toBe(
    "backend_blue: b1 drain on all 2 nodes. HAProxy's configuration stays as it is: a reload falls back to it.",
  );
  expect(await statesOf(fleet)).toEqual([
    { b1: 'drain', b2: 'ready' },
    { b1: 'drain', b2: 'ready' },
  ]);
  expect(bench.store.service('checkout').servers?.desired).toEqual({ b1: 'drain' });
});

test('out and in again: drain, maint, ready', async () => {
  await done('drain', 'b1', 'checkout-1');
  await done('maint', 'b1', 'checkout-2');
  expect(await statesOf(fleet)).toEqual([
    { b1: 'maint', b2: 'ready' },
    { b1: 'maint', b2: 'ready' },
  ]);

  await done('ready', 'b1', 'checkout-3');

  expect((await statesOf(fleet)).flatMap(Object.values)).toEqual(Array(4).fill('ready'));
});

test('a releaser sets no server, and neither does an approver', async () => {
  for (const user of ['U0RITA', 'U0ANN']) {
    expect(await say('drain', 'b1', user)).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('draining a server needs the role operator'),
    });
  }
});

test('a server that nobody knows is refused by name, with those there are', async () => {
  expect(await say('drain', 'b9')).toEqual({
    kind: 'refused',
    text: 'Refused: backend_blue has no server b9. There are b1, b2.',
  });
});

test('a server that is so already is refused', async () => {
  expect(await say('ready', 'b1')).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('backend_blue has b1 ready on every node already'),
  });
});

test('the last healthy server is never taken: refused before anything is asked of a node', async () => {
  await done('maint', 'b1', 'checkout-1');

  for (const state of ['drain', 'maint'] as const) {
    expect(await say(state, 'b2')).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining(
        'lb-1: without b2 no healthy server is left: b1 is maint, MAINT',
      ),
    });
  }
  expect(bench.store.openReleases()).toEqual([]);
  expect(await statesOf(fleet)).toEqual([
    { b1: 'maint', b2: 'ready' },
    { b1: 'maint', b2: 'ready' },
  ]);
});

test('a server whose checks fail does not count: on one node is enough', async () => {
  await fleet.node(1).ask('set server backend_blue/b2 state maint');

  const refused = await say('drain', 'b1');

  expect(refused).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('lb-2: without b1 no healthy server is left: b2 is maint'),
  });
  await fleet.node(1).ask('set server backend_blue/b2 state ready');
  fleet.application('blue', 1).failHealth();
  await isDown('b2');
  expect(await say('drain', 'b1')).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('no healthy server is left: b2 is ready, DOWN'),
  });
});

test('two operators at once: one release, the other is told who holds the lock', async () => {
  bench.roles = { ...bench.roles, U0OTTO: ['viewer', 'operator'] };

  const replies = await Promise.all([say('drain', 'b1'), say('drain', 'b2', 'U0OTTO')]);
  await waitUntil(() => bench.store.openReleases().length === 0);

  expect(replies.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  const states = await statesOf(fleet);
  expect(states[0]).toEqual(states[1]);
  expect(Object.values(states[0] ?? {}).sort()).toEqual(['drain', 'ready']);
});

test('a node that does not answer: nothing is taken out anywhere', async () => {
  await fleet.node(1).pause();

  expect(await say('drain', 'b1')).toMatchObject({
    kind: 'refused',
    text: expect.stringMatching(
      /^Refused: lb-2 gave no whole answer .* every node answers alike\.$/,
    ),
  });
  fleet.node(1).resume();
  expect(bench.store.openReleases()).toEqual([]);
});

test('what has no sides is not moved, adopted or rolled back', async () => {
  const words = { service: 'checkout', because: 'x' } as const;
  const replies = [
    await bench.ask('U0RITA', { kind: 'release', service: 'checkout', side: 'green' }),
    await bench.ask('U0OLAF', { kind: 'adopt', side: 'green', ...words }),
    await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' }),
  ];

  expect(replies.map((reply) => ('text' in reply ? reply.text.slice(0, 30) : reply.kind))).toEqual([
    'Refused: checkout has no sides',
    'Refused: checkout has no sides',
    'Refused: checkout has no sides',
  ]);
});

test('the status has a row per node and server, with what it should be', async () => {
  await done('drain', 'b1', 'checkout-1');
  await fleet.node(1).ask('set server backend_blue/b1 state ready');

  const reply = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });
  const overview = await bench.ask('U0SAM', { kind: 'status' });

  if (reply.kind !== 'servers') throw new Error(reply.kind);
  expect(reply.status.state.servers?.desired).toEqual({ b1: 'drain' });
  expect(reply.status.nodes.map(({ verdict, sentence }) => [verdict, sentence])).toEqual([
    ['in sync', ''],
    ['drifted', 'lb-2 has b1 ready, not drain.'],
  ]);
  expect(overview).toMatchObject({
    kind: 'overview',
    services: [],
    servers: [{ backend: 'backend_blue' }],
  });
});

test('what an operator set is decided on by an operator, too', async () => {
  await done('drain', 'b1', 'checkout-1');
  await fleet.node(0).ask('set server backend_blue/b1 state ready');

  const reply = await bench.ask('U0OLAF', { kind: 'reapply', of: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(reply).toMatchObject({ kind: 'done' });
  expect((await statesOf(fleet)).map(({ b1 }) => b1)).toEqual(['drain', 'drain']);
  expect(await bench.ask('U0ANN', { kind: 'reapply', of: 'checkout' })).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('needs the role releaser or operator'),
  });
});
