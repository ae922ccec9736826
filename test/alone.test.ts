import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAlone } from '../src/alone.ts';
import type { Asker } from '../src/commands/command.ts';
import type { Config } from '../src/config/config.ts';
import { actor } from '../src/release/vocabulary.ts';
import { Bench, checkoutOn } from './engine/bench.ts';
import { aFleet, type TestFleet } from './support/haproxy.ts';
import { waitUntil } from './support/wait-until.ts';

let fleet: TestFleet;
let bench: Bench;
const complaints: string[] = [];
const reportError = (error: unknown, doing: string) =>
  complaints.push(`${doing}: ${String(error)}`);

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  bench = new Bench(
    checkoutOn(fleet, { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } }),
  );
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.close();
});

afterEach(async () => {
  bench.open();
  await bench.end();
  await fleet.end();
});

const asker = (user: string): Asker => ({
  actor: actor(`cli:${user}`),
  timezone: 'UTC',
  door: 'cli',
  request: `cli:${user}`,
  foreign: false,
});

/** The bench's configuration on its own database, with people of the command line and the first `nodes` nodes. */
function onTheHost(nodes: number): Config {
  const [edge] = bench.config.fleets.values();
  if (edge === undefined) throw new Error('no fleet');
  return {
    ...bench.config,
    database: join(bench.folder, 'pointsman.db'),
    roles: { viewer: ['*'], releaser: ['cli:rita'], approver: [], operator: ['cli:olaf'] },
    fleets: new Map([['edge', { ...edge, nodes: edge.nodes.slice(0, nodes) }]]),
  };
}

test('without a bot the command line takes a parked release up and back', async () => {
  const alone = openAlone(onTheHost(2), { drives: true, program: 'pointsman test', reportError });

  const reply = await alone.ask({ kind: 'rollback', service: 'checkout' }, asker('rita'));
  await waitUntil(() => alone.releaseOf('checkout-1')?.state === 'aborted');
  await alone.close();

  expect(reply.kind).toBe('done');
  expect(await Promise.all(fleet.nodes.map((node) => node.memory()))).toEqual([
    'backend_blue',
    'backend_blue',
  ]);
});

test('a release whose node is gone from the configuration is ended by settle, and the end says which', async () => {
  await fleet.node(1).stop();
  const alone = openAlone(onTheHost(1), { drives: false, program: 'pointsman test', reportError });

  const reply = await alone.ask(
    { kind: 'settle', release: 'checkout-1', side: 'blue', because: 'lb-2 is scrapped' },
    asker('olaf'),
  );
  alone.drive();
  const release = await waitUntil(() => {
    const now = alone.releaseOf('checkout-1');
    return now?.ended === undefined ? undefined : now;
  });
  await alone.close();
  await fleet.node(1).start();

  expect(reply.kind).toBe('done');
  expect(release.state).toBe('aborted');
  expect(release.ended?.sentence).toContain('the configuration no longer names them: lb-2');
  expect(await fleet.node(0).memory()).toBe('backend_blue');
  expect(fleet.node(0).disk()).toBe('active backend_blue\n');
});
