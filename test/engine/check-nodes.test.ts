import { linkSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookAtNodes } from '../../src/alone.ts';
import type { Config } from '../../src/config/config.ts';
import { backendName } from '../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { plainSides } from '../support/two-backends.ts';
import { checkoutFor, checkoutOn } from './bench.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await aFleet().withNodes(4).start();
});
afterAll(() => fleet.end());

/** The problems and notes of each node, with the test's folders cut to the node's name. */
async function found(config: Config) {
  const checks = await lookAtNodes(config);
  return checks.map(({ node, problems, notes }) => [node, problems, notes]);
}

test('nodes that are as the configuration expects them have no problem', async () => {
  const checks = await lookAtNodes(checkoutOn(fleet));

  expect(checks[0]).toEqual({
    service: 'checkout',
    node: 'lb-1',
    version: expect.stringMatching(/^\d+\.\d+/),
    memory: 'blue',
    disk: 'blue',
    servers: 'blue 1/1, green 1/1',
    problems: [],
    notes: [],
  });
});

test('every node is looked at for everything: key, file, backends, servers, silence', async () => {
  await fleet.node(0).ask(`del map ${fleet.node(0).mapFile} active`);
  fleet.node(1).writeDisk('active backend_green\n');
  linkSync(fleet.node(2).mapFile, `${fleet.node(2).mapFile}.other`);
  await fleet.node(2).ask('set server backend_green/g1 state maint');
  await fleet.node(2).ask('set server backend_blue/b1 state maint');
  await fleet.node(3).stop();

  const checks = await found(checkoutOn(fleet));

  await fleet.node(3).start();
  expect(checks).toEqual([
    ['lb-1', ['lb-1 has no entry for the key in memory, it should name blue.'], []],
    [
      'lb-2',
      ['lb-2 has blue in memory and green on disk: a reload would move its traffic to green.'],
      [],
    ],
    [
      'lb-3',
      [
        expect.stringMatching(/^lb-3: its file cannot be written: \S+ has 2 names/),
        'lb-3: no server of blue takes users (b1 is MAINT, HAProxy says that backend_blue is DOWN), and it has the traffic.',
      ],
      [
        'lb-3: no server of green takes users (g1 is MAINT, HAProxy says that backend_green is DOWN). A release to green waits for its servers.',
      ],
    ],
    ['lb-4', [expect.stringMatching(/^lb-4 does not answer: it could not be reached/)], []],
  ]);
});

test('a backend that is not there is named, of either kind of service', async () => {
  const other = plainSides('backend_blue', 'backend_greeen');
  const [node] = fleet.nodes;
  if (node === undefined) throw new Error('no node');
  const sides = {
    ...checkoutOn({ nodes: [fleet.node(1)] }).services.get('checkout')?.target,
    ...other,
  };
  const servers = { kind: 'servers', backend: backendName('shop'), servers: [], batch: 1 };

  expect(await found(checkoutFor(sides as never))).toEqual([
    [
      'lb-2',
      expect.arrayContaining([
        'lb-2: there is no backend_greeen: traffic moved to it is answered with 503.',
      ]),
      [],
    ],
  ]);
  expect(await found(checkoutFor({ ...servers, nodes: [node.target] }))).toEqual([
    ['lb-1', ['lb-1: there is no backend shop.'], []],
  ]);
});
