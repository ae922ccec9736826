import { copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Service } from '../../src/config/config.ts';
import {
  aConfigFleet,
  configOf,
  configTarget,
  edit,
  nextSecond,
  settledFleet,
} from '../haproxy/routes/config/config-bed.ts';
import type { TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutFor } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
let blue: readonly string[];

beforeEach(async () => {
  fleet = await settledFleet(aConfigFleet().withNodes(3));
  blue = configs();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const configs = () => fleet.nodes.map((node) => configOf(node));
const green = () =>
  blue.map((text) => text.replace('default_backend backend_blue', 'default_backend backend_green'));
const bodies = () =>
  Promise.all(fleet.nodes.map(async (node) => (await node.get()).body.slice(0, 13)));
const leftovers = () =>
  fleet.nodes.flatMap(({ folder }) =>
    readdirSync(folder).filter((name) => name.includes('pointsman')),
  );
const onGreen = Array(3).fill('version=green');
const onBlue = ['version=blue ', 'version=blue ', 'version=blue '];

/** Without approval, so that a test says only what it is about. */
function quickly(rules: Partial<Service> = {}, target = configTarget(fleet)): Bench {
  return new Bench(
    checkoutFor(target, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      ...rules,
    }),
  );
}

async function released(): Promise<void> {
  expect(await bench.ask('U0RITA', { kind: 'release', service: 'checkout' })).toMatchObject({
    kind: 'done',
  });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

test('a release edits and reloads every node, and there is nothing left to be persisted', async () => {
  bench = new Bench(checkoutFor(configTarget(fleet)));

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  const before = configs();
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  const release = await bench.until('checkout-1', 'completed');

  expect(before).toEqual(green());
  expect(configs()).toEqual(green());
  expect(await bodies()).toEqual(onGreen);
  expect(release.openIntents).toEqual([]);
  expect(release.ended?.sentence).toBe(
    'checkout is on green on every node, in the running worker and in the configuration file.',
  );
  expect(bench.complaints).toEqual([]);
  expect((await verdicts()).map(([verdict]) => verdict)).toEqual(Array(3).fill('in sync'));
});

test('an edit elsewhere and a reload before acceptance change nothing: the file names the new side already', async () => {
  bench = quickly();
  await released();

  edit(fleet.node(1), 'maxconn 2000', 'maxconn 2001');
  await nextSecond();
  await fleet.node(1).reload();
  await nextSecond();

  expect(bench.release('checkout-1').state).toBe('awaiting_acceptance');
  expect(await bodies()).toEqual(onGreen);
});

test('an abort puts every file back byte for byte, and reloads it', async () => {
  bench = quickly();
  await released();

  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');

  expect(configs()).toEqual(blue);
  expect(await bodies()).toEqual(onBlue);
});

test('a rollback after acceptance is a release of its own', async () => {
  bench = quickly({ accept: 'auto' });
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'completed');

  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(configs()).toEqual(blue);
  expect(await bodies()).toEqual(onBlue);
});

/** Gives a node's haproxy.cfg a page of its own, loaded by its worker. The check looks for it, too. */
async function withPage(index: number): Promise<string> {
  const node = fleet.node(index);
  const page = `${node.folder}/sorry.http`;
  writeFileSync(page, 'HTTP/1.0 503 Sorry\r\n\r\n');
  edit(node, '    mode http', `    mode http\n    errorfile 503 ${page}`);
  await nextSecond();
  await node.reload();
  blue = configs();
  return page;
}

test('a configuration that does not check on one node fails the release before anything is moved on any', async () => {
  rmSync(await withPage(1));
  bench = quickly();

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toMatch(
    /^Nothing was moved: The file .*haproxy\.cfg of lb-2 was left as it is: with default_backend of www on backend_green its check says: .*sorry\.http/,
  );
  expect(configs()).toEqual(blue);
  expect(await bodies()).toEqual(onBlue);
  expect(leftovers()).toEqual([]);
});

test('a reload that fails on one of three nodes takes the reached ones back', async () => {
  const page = await withPage(1);
  copyFileSync(page, `${page}.good`);
  // The page is gone between the first check and its reload, and back before the second.
  const script = `if [ -e ${page}.gone ]; then cp ${page}.good ${page}; fi; haproxy -c -f "$0" && if [ ! -e ${page}.gone ]; then touch ${page}.gone; rm ${page}; fi`;
  const nodes = configTarget(fleet).nodes.map((node, i) =>
    i === 1 ? { ...node, check: ['sh', '-c', script, '{file}'] } : node,
  );
  bench = quickly({}, configTarget(fleet, { nodes }));

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const { ended } = await bench.until('checkout-1', 'rolled_back');

  expect(ended?.sentence).toMatch(
    /lb-2: the reload failed, worker \d+ stays: `show proc` says failed: 1; .*haproxy\.cfg is as it was before/,
  );
  expect(configs()).toEqual(blue);
  expect(await bodies()).toEqual(onBlue);
  expect(leftovers()).toEqual([]);
});

test('what the old workers still serve is counted, named, and cut where a person says so', async () => {
  bench = quickly({ accept: 'auto', drain: { timeoutMs: 500, then: 'wait' } });
  const held = request(new URL('/hold', fleet.node(1).frontend));
  let isCut = false;
  held.on('error', () => {});
  held.on('close', () => {
    isCut = true;
  });
  held.end();
  await waitUntil(() => fleet.application('blue').held === 1, { what: 'a held request' });

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await waitUntil(() => bench.store.release('checkout-1')?.drain?.asking === true, {
    timeout: 30_000,
  });
  const { drain } = bench.release('checkout-1');
  await bench.ask('U0RITA', { kind: 'shut_down_sessions', of: 'checkout-1' });
  const { ended } = await bench.until('checkout-1', 'completed');

  expect(drain?.sessions).toBe(1);
  expect(drain?.stragglers).toEqual([
    expect.stringMatching(/^lb-2: b1 from 127\.0\.0\.1:\d+ for \d+s, on old worker \d+$/),
    expect.stringMatching(/^lb-2: an old worker \(pid \d+\): 1 session$/),
  ]);
  await waitUntil(() => isCut, { what: 'the request to be cut' });
  expect(ended?.sentence).toBe(
    'checkout is on green on every node, in the running worker and in the configuration file.',
  );
});

test('another hand on the line is told while only the file has it, and when the worker has it, too', async () => {
  bench = quickly({ accept: 'auto' });
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'completed');

  edit(fleet.node(1), 'maxconn 2000', 'maxconn 2001');
  edit(fleet.node(2), 'default_backend backend_green', 'default_backend backend_blue');
  const edited = await verdicts();
  await nextSecond();
  await fleet.node(2).reload();
  const reloaded = await verdicts();

  expect(edited).toEqual([
    ['in sync', ''],
    ['in sync', ''],
    [
      'drifted',
      expect.stringMatching(
        /^lb-3 has neither side whole \(worker \d+ has green, .*haproxy\.cfg names blue\) in memory, not green\. lb-3 has blue on disk, not green: a reload would bring that back\.$/,
      ),
    ],
  ]);
  expect(reloaded[2]).toEqual([
    'drifted',
    'lb-3 has blue in memory, not green. lb-3 has blue on disk, not green: a reload would bring that back.',
  ]);
});

/** What `/status checkout` says of every node. */
async function verdicts(): Promise<readonly (readonly [string, string])[]> {
  const reply = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });
  if (reply.kind !== 'service') throw new Error(JSON.stringify(reply));
  return reply.status.nodes.map(({ verdict, sentence }) => [verdict, sentence]);
}

test('what the check says of a file is told on the way back, too: why a node stays where it is', async () => {
  bench = quickly();
  await released();
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  const node = fleet.node(0);
  writeFileSync(node.configFile, `${configOf(node)}backend\n    nonsense here\n`, 'latin1');

  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  const { attention } = await bench.until('checkout-2', 'needs_attention');

  expect(attention?.why).toContain('its check says: ');
  expect(attention?.why).toContain('haproxy.cfg:');
  expect((await bodies()).slice(1)).toEqual(onBlue.slice(1));
});
