import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/engine/system-clock.ts';
import { backupJournal } from '../../src/journal/backup.ts';
import { restoreJournal } from '../../src/journal/restore.ts';
import { announce } from '../../src/release/announce.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
const noApproval = { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } };
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const disks = () => fleet.nodes.map((node) => node.disk());
const bothOn = (side: string) => Array(2).fill(side);

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  bench = new Bench(checkoutOn(fleet, noApproval));
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await backupJournal(join(bench.folder, 'pointsman.db'), join(bench.folder, 'copy.db'));
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  await bench.close();
});
afterEach(async () => {
  await bench.end();
  await fleet.end();
});

/** The backup as `audit restore` puts it there. */
function restore(copy = 'copy.db'): void {
  restoreJournal(join(bench.folder, copy), join(bench.folder, 'pointsman.db'), {
    now: '2026-11-20T12:00:00.000Z',
    clock: systemClock(),
    configDigest: 'c'.repeat(64),
    announce,
  });
  bench.open();
}

/** A plain copy of an older file over the journal: nothing in it says so. */
function copyBack(): void {
  copyFileSync(join(bench.folder, 'copy.db'), join(bench.folder, 'pointsman.db'));
  bench.open();
}

/** Several rounds of looking, in which nothing must happen. */
async function afterSomeLooks(): Promise<void> {
  const seen = bench.shown.length;
  await waitUntil(() => bench.shown.length > seen + 3, { timeout: 10_000 });
}

test('a start after a restore moves nothing by itself, and an operator says which side counts', async () => {
  restore();
  await afterSomeLooks();

  const before = [await memories(), disks()];
  const held = bench.release('checkout-1');
  await bench.ask('U0OLAF', {
    kind: 'settle',
    release: 'checkout-1',
    side: 'green',
    because: 'it was accepted',
  });
  await bench.until('checkout-1', 'completed');

  expect(before).toEqual([bothOn('backend_green'), bothOn('active backend_green\n')]);
  expect(held.state).toBe('needs_attention');
  expect(held.attention?.why).toMatch(
    /^The journal was restored from a backup in which checkout-1/,
  );
  expect([await memories(), disks()]).toEqual(before);
});

test('a file that names the new side before acceptance is not explained by this journal: nothing is moved, both sides are offered', async () => {
  copyBack();
  await bench.until('checkout-1', 'needs_attention');
  await afterSomeLooks();

  const { attention } = bench.release('checkout-1');
  const before = [await memories(), disks()];
  await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout-1', side: 'blue' });
  await bench.until('checkout-1', 'aborted');

  expect(attention).toMatchObject({
    why: expect.stringMatching(
      /^By the journal checkout-1 stands at "Awaiting acceptance" and no file was written, but the file of lb-1, lb-2 names green already: was the journal restored from a backup\?/,
    ),
    choice: { reapply: 'green', accept: 'blue' },
  });
  expect(before).toEqual([bothOn('backend_green'), bothOn('active backend_green\n')]);
  expect(await memories()).toEqual(bothOn('backend_blue'));
  expect(disks()).toEqual(bothOn('active backend_blue\n'));
});

test('a node that is slow to say so is waited for: what it holds decides, not how soon it answers', async () => {
  await bench.end();
  const proxies = await Promise.all(
    fleet.nodes.map((node) => new FaultProxy(fleet.folder, node.name, node.runtime).start()),
  );
  const addressOf = (name: string) =>
    proxies[fleet.nodes.findIndex((node) => node.name === name)]?.address;
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
  bench = new Bench(checkoutOn(fleet, noApproval, addressOf), { deadlineMs: 20_000 });
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await backupJournal(join(bench.folder, 'pointsman.db'), join(bench.folder, 'copy.db'));
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  await bench.close();

  for (const proxy of proxies) await proxy.set({ kind: 'delay', ms: 600 });
  copyBack();
  const { attention } = await bench.until('checkout-1', 'needs_attention');
  await Promise.all(proxies.map((proxy) => proxy.end()));

  expect(attention?.why).toContain('the file of lb-1, lb-2 names green already');
});

test('what was going back in a restored journal does not go on with it: it may have been long ago', async () => {
  bench.open();
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-2', 'awaiting_acceptance');
  await fleet.node(1).pause();
  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await backupJournal(join(bench.folder, 'pointsman.db'), join(bench.folder, 'going-back.db'));
  fleet.node(1).resume();
  await bench.until('checkout-2', 'aborted');
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-3', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-3' });
  await bench.until('checkout-3', 'completed');
  await bench.close();

  restore('going-back.db');
  await afterSomeLooks();

  expect(bench.release('checkout-2')).toMatchObject({
    state: 'needs_attention',
    goingBack: { end: 'aborted' },
  });
  expect(await memories()).toEqual(bothOn('backend_blue'));
});
