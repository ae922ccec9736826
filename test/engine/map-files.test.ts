import { linkSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
const noApproval = { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } };
const quickGates = {
  gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 500 },
} as const;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  bench = new Bench(checkoutOn(fleet, { ...noApproval, ...quickGates }));
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const release = { kind: 'release', service: 'checkout' } as const;
const accept = { kind: 'accept', of: 'checkout-1' } as const;
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const beside = (name: string) => join(dirname(fleet.node(1).mapFile), name);

test('a file that HAProxy may read by another name is refused before anything is sent', async () => {
  linkSync(fleet.node(1).mapFile, beside('second.map'));

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain('has 2 names (hard links)');
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('what only trying shows to be in the way is known before anything is sent', async () => {
  // No new file can stand beside one with so long a name.
  const long = 'm'.repeat(250);
  renameSync(fleet.node(1).mapFile, beside(long));
  symlinkSync(long, fleet.node(1).mapFile);

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain('lb-2: its file cannot be written');
  expect(ended?.sentence).toContain('ENAMETOOLONG');
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a file that was swapped for a link since the plan is not followed at acceptance', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  const { mapFile } = fleet.node(1);
  const elsewhere = beside('elsewhere');
  writeFileSync(elsewhere, 'active backend_blue\n');
  renameSync(mapFile, beside('aside'));
  symlinkSync(elsewhere, mapFile);

  await bench.ask('U0RITA', accept);
  const alarm = await bench.until('checkout-1', 'needs_attention');

  expect(alarm.attention?.why).toContain(`leads to ${elsewhere} now, and led to ${mapFile}`);
  expect(readFileSync(elsewhere, 'utf8')).toBe('active backend_blue\n');
  renameSync(beside('aside'), mapFile);
  await bench.until('checkout-1', 'completed');
  expect(fleet.node(1).disk()).toBe('active backend_green\n');
});

test('of a node that is silent at acceptance, the file is told as it is', async () => {
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).pause();

  await bench.ask('U0RITA', accept);
  const alarm = await bench.until('checkout-1', 'needs_attention');
  fleet.node(1).resume();
  await bench.until('checkout-1', 'completed');

  expect(alarm.attention?.why).not.toContain('not persisted');
  expect(alarm.attention?.why).toContain('lb-2');
  expect(fleet.nodes.map((node) => node.disk())).toEqual(Array(2).fill('active backend_green\n'));
});
