import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FaultProxy, isWrite } from '../faults/fault-proxy.ts';
import { mapMeaning } from '../faults/kills/grounds/map-ground.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { whyUnfounded } from '../faults/kills/witness.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

// Each safety check alone: what would also catch it (a smoke test, a second reading) is kept out of the way.

let fleet: TestFleet;
let proxies: readonly FaultProxy[];
let bench: Bench;
let failpoint: (name: string) => void;

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
  proxies = await Promise.all(
    fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
  );
});

beforeEach(async () => {
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
  for (const proxy of proxies) {
    await proxy.heal();
    proxy.seen.length = 0;
    proxy.onLine = () => undefined;
  }
  failpoint = () => undefined;
});

afterEach(async () => {
  await Promise.all(proxies.map((proxy) => proxy.heal()));
  await bench.end();
});

afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.end()));
  await fleet.end();
});

const release = { kind: 'release', service: 'checkout' } as const;
const first = { of: 'checkout-1' } as const;
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const writes = () => proxies.flatMap((proxy) => proxy.writes().map(({ line }) => line));

function config({ approvers = 0 } = {}) {
  return checkoutOn(
    fleet,
    { approval: { approvers, selfApproval: false, expiresMs: 60_000 }, smoke: [] },
    (name) => proxies[fleet.nodes.findIndex((node) => node.name === name)]?.address,
  );
}

function openBench(rules: { approvers?: number } = {}): Bench {
  return new Bench(config(rules), { failpoint: (name) => failpoint(name) });
}

function proxy(index: number): FaultProxy {
  const one = proxies[index];
  if (one === undefined) throw new Error(`no proxy ${index}`);
  return one;
}

/** A reading of the node after its switch. */
const readingAfterWrite =
  (of: FaultProxy) =>
  (line: string): boolean =>
    line.startsWith('show info;show cli level') && of.writes().length > 0;

test('whenever a write reaches a node, its intent is committed and open, and the approvals of its plan are there', async () => {
  bench = openBench({ approvers: 1 });
  const unfounded: string[] = [];
  for (const [i, one] of proxies.entries()) {
    one.onLine = (line) => {
      const meaning = mapMeaning(line);
      if (meaning === undefined) return;
      const { rows } = committedIn(bench.folder);
      const node = `lb-${i + 1}`;
      unfounded.push(...[whyUnfounded({ node, line, meaning, rows }) ?? []].flat());
    };
  }

  await bench.ask('U0RITA', release);
  await bench.ask('U0ANN', { kind: 'approve', ...first });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', ...first });
  await bench.until('checkout-1', 'completed');
  await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(writes()).toHaveLength(4);
  expect(unfounded).toEqual([]);
  expect(committedIn(bench.folder).locks).toEqual([]);
});

test('where the intents cannot be committed, nothing is sent to any node', async () => {
  bench = openBench();
  failpoint = (name) => {
    if (name === 'journal:before:intent') throw new Error('the disk is gone');
  };

  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'failed');

  expect(writes()).toEqual([]);
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('no map file is written before its intent is committed', async () => {
  bench = openBench();
  const found: string[] = [];
  failpoint = (name) => {
    const { state } = bench.store.release('checkout-1') ?? {};
    if (state !== 'persisting' || name !== 'journal:before:intent') return;
    found.push(...fleet.nodes.map((node) => node.disk()));
  };
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');

  await bench.ask('U0RITA', { kind: 'accept', ...first });
  await bench.until('checkout-1', 'completed');

  expect(found).toEqual(Array(2).fill('active backend_blue\n'));
});

test('where one connection cannot be opened, the others are not used', async () => {
  bench = openBench();
  let readings = 0;
  failpoint = (name) => {
    const { state } = bench.store.release('checkout-1') ?? {};
    if (state === 'switching' && name.startsWith('cli:after')) readings += 1;
    if (readings === 2) void proxy(1).set({ kind: 'refuse' });
  };

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toMatch(/^Nothing was moved: .*lb-2/);
  expect(writes()).toEqual([]);
});

test('a switch that is answered and not done is found by reading alone', async () => {
  bench = openBench();
  await proxy(1).set({ kind: 'lie' }, { when: isWrite, times: 1 });

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'rolled_back');

  expect(ended?.sentence).toBe('Reading back did not show the switch (lb-2: it holds blue).');
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a node that turns between the two readings is found by the second', async () => {
  bench = openBench();
  let readings = 0;
  const isSecond = (line: string): boolean => {
    if (!readingAfterWrite(proxy(1))(line)) return false;
    readings += 1;
    return readings === 2;
  };
  const change = (reply: string) =>
    reply.replace(/(active|value=)("?) ?backend_green/g, '$1 $2backend_blue');
  await proxy(1).set({ kind: 'rewrite', change }, { when: isSecond });

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'rolled_back');

  expect(ended?.by).toBe('system:verify');
});

test('another worker than the one that was checked is not believed, whatever it holds', async () => {
  bench = openBench();
  const change = (reply: string) => reply.replace(/^Pid: \d+$/m, 'Pid: 1');
  await proxy(1).set({ kind: 'rewrite', change }, { when: readingAfterWrite(proxy(1)), times: 1 });

  await bench.ask('U0RITA', release);
  const { ended } = await bench.until('checkout-1', 'rolled_back');

  expect(ended?.sentence).toContain('lb-2: it was reloaded: worker 1 answers');
});

test('after a write without an answer the node must answer twice before it is read, and is written in the fenced form only', async () => {
  bench = openBench();
  await proxy(1).set({ kind: 'drop_after' }, { when: isWrite, times: 1 });

  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'rolled_back');

  const lines = proxy(1).seen.map(({ line }) => line);
  const after = lines.slice(lines.findIndex(isWrite) + 1);
  expect(after.slice(0, 2)).toEqual(['show info', 'show info']);
  expect(after.filter((line) => line.startsWith('set map'))).toEqual([]);
  expect(after.filter((line) => line.startsWith('commit map'))).toHaveLength(1);
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a map that cannot be written anew does not keep a node from going back: its key is set alone', async () => {
  bench = openBench();
  const { mapFile } = fleet.node(1);
  await fleet.node(1).ask(`add map ${mapFile} odd two\\ words`);
  await proxy(1).set({ kind: 'drop_after' }, { when: isWrite, times: 1 });

  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'rolled_back');
  const held = [...(await memories()), await fleet.node(1).memory('odd')];
  await fleet.node(1).ask(`del map ${mapFile} odd`);

  expect(held).toEqual(['backend_blue', 'backend_blue', 'two words']);
  const lines = proxy(1)
    .writes()
    .map(({ line }) => line.split(' ', 2).join(' '));
  expect(lines).toEqual(['set map', 'set map']);
});

test('a node that takes every write and does not move is told with what became of the last one', async () => {
  bench = openBench();
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await proxy(1).set({ kind: 'lie' }, { when: isWrite });

  await bench.ask('U0RITA', { kind: 'abort', ...first });
  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toContain(
    'lb-2: it still holds green after 3 writes; the last was accepted.',
  );
});

test('a value that another hand has set is left alone on the way back, and a person is called', async () => {
  bench = openBench();
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_blue2`);

  await bench.ask('U0RITA', { kind: 'abort', ...first });
  await waitUntil(() => bench.release('checkout-1').attention?.why.startsWith('Not every node'), {
    what: 'going back to call for attention',
  });
  const { attention } = bench.release('checkout-1');
  const held = await memories();
  const { locks } = committedIn(bench.folder);

  expect(attention?.why).toContain('lb-2: it holds backend_blue2');
  expect(held).toEqual(['backend_blue', 'backend_blue2']);
  expect(locks).toEqual(['checkout-1']);
});

/** The second node fell back before acceptance; when the first write of the mending comes, somebody says something. */
async function fallenBackThen(say: () => void): Promise<void> {
  bench = openBench();
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_blue`);
  await bench.until('checkout-1', 'needs_attention');
  failpoint = (name) => {
    if (name !== 'cli:before:set-map') return;
    failpoint = () => undefined;
    say();
  };
}

const settleOn = (side: 'blue' | 'green') =>
  bench.ask('U0OLAF', { kind: 'settle', release: 'checkout-1', side, because: 'so be it' });
const disks = () => fleet.nodes.map((node) => node.disk());
const allBlue = [Array(2).fill('backend_blue'), Array(2).fill('active backend_blue\n')];

test('settled on one side and, while that is done, on the other: the last word counts, in memory and on disk', async () => {
  await fallenBackThen(() => void settleOn('blue'));

  await settleOn('green');
  const { ended } = await bench.until('checkout-1', 'aborted');

  expect(ended?.sentence).toBe(
    'Settled on blue by @U0OLAF: every node has it in memory and on disk.',
  );
  expect([await memories(), disks()]).toEqual(allBlue);
});

test('settled on the same side again and again while that is done: it is done all the same', async () => {
  await fallenBackThen(() => undefined);

  let asked = 0;
  for (; bench.release('checkout-1').ended === undefined && asked < 2_500; asked += 1) {
    await settleOn('blue');
    await pause(2);
  }

  expect(asked).toBeLessThan(2_500);
  expect(bench.release('checkout-1').state).toBe('aborted');
  expect([await memories(), disks()]).toEqual(allBlue);
});

test('taken back again and again while it is being settled: it goes back all the same', async () => {
  await fallenBackThen(() => undefined);
  await settleOn('green');

  let asked = 0;
  for (; bench.release('checkout-1').ended === undefined && asked < 2_500; asked += 1) {
    await bench.ask('U0RITA', { kind: 'abort', ...first });
    await pause(2);
  }

  expect(asked).toBeLessThan(2_500);
  expect([await memories(), disks()]).toEqual(allBlue);
});

test('taken back while it is being settled on the new side: it goes back', async () => {
  await fallenBackThen(() => void bench.ask('U0RITA', { kind: 'abort', ...first }));

  await settleOn('green');
  const { ended } = await bench.until('checkout-1', 'aborted');

  expect(ended?.sentence).toContain('Settled on blue by @U0RITA');
  expect([await memories(), disks()]).toEqual(allBlue);
});

test('settled on the new side while it goes back: it is settled', async () => {
  await fallenBackThen(() => void settleOn('green'));

  await bench.ask('U0RITA', { kind: 'abort', ...first });
  await bench.until('checkout-1', 'completed');

  expect([await memories(), disks()]).toEqual([
    Array(2).fill('backend_green'),
    Array(2).fill('active backend_green\n'),
  ]);
});

test("a rollback that meets another hand's value leaves it alone however often it is asked for; an operator settles it", async () => {
  bench = openBench();
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', ...first });
  await bench.until('checkout-1', 'completed');
  await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_blue2`);
  const rollback = { kind: 'rollback', service: 'checkout', because: 'it is broken' } as const;

  await bench.ask('U0RITA', rollback);
  await bench.until('checkout-2', 'needs_attention');
  bench.membership = 'old';
  await bench.ask('U0RITA', rollback);
  bench.membership = 'fresh';
  await waitUntil(() => bench.release('checkout-2').attention?.why.includes('settled'), {
    what: 'the second try to call for attention',
  });
  const held = await memories();
  const row = bench.store.rowsOf('checkout-2').find(({ what }) => what.kind === 'settling');
  await bench.ask('U0OLAF', {
    kind: 'settle',
    release: 'checkout-2',
    side: 'blue',
    because: 'mine',
  });
  await bench.until('checkout-2', 'completed');

  expect(held).toEqual(['backend_blue', 'backend_blue2']);
  expect(row?.what).toMatchObject({
    reason: 'it is broken',
    foreign: 'kept',
    membership: expect.stringContaining('could not be read'),
  });
  expect(bench.release('checkout-2').decisions).toEqual([
    'Taken back to blue by @U0RITA',
    'Settled on blue by @U0OLAF',
  ]);
  expect([await memories(), disks()]).toEqual(allBlue);
});

test('a world that moves between the gates and the switch is planned anew, and nothing is written', async () => {
  bench = openBench({ approvers: 1 });
  failpoint = (name) => {
    if (name === 'journal:after:gates_checked') fleet.node(0).writeDisk('active backend_green\n');
  };
  await bench.ask('U0RITA', release);

  await bench.ask('U0ANN', { kind: 'approve', ...first });
  await waitUntil(() => bench.kinds('checkout-1').includes('replanned'), { what: 'a new plan' });

  expect(bench.kinds('checkout-1').slice(-2)).toEqual(['stage_entered', 'replanned']);
  expect(writes()).toEqual([]);
});

test('a program that died while acceptance was awaited goes back at its next start', async () => {
  bench = openBench();
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  const died = mkdtempSync(join(tmpdir(), 'pm-died-'));
  cpSync(bench.folder, died, { recursive: true });
  await bench.end();

  bench = new Bench(config(), { folder: died });
  await bench.until('checkout-1', 'rolled_back');

  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a program that died with its switch under way writes in the fenced form only', async () => {
  bench = openBench();
  const died = mkdtempSync(join(tmpdir(), 'pm-died-'));
  failpoint = (name) => {
    if (name !== 'cli:before:set-map') return;
    failpoint = () => undefined;
    cpSync(bench.folder, died, { recursive: true });
  };
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.end();
  for (const one of proxies) one.seen.length = 0;

  bench = new Bench(config(), { folder: died });
  await bench.until('checkout-1', 'rolled_back');

  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
  expect(writes().filter((line) => line.startsWith('set map'))).toEqual([]);
  expect(writes().filter((line) => line.startsWith('commit map'))).toHaveLength(2);
});

test('who may only look is refused at the door, with a row', async () => {
  bench = openBench();

  const reply = await bench.ask('U0SAM', release);

  expect(reply).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('needs the role releaser'),
  });
  expect(bench.store.openReleases()).toEqual([]);
  expect(bench.store.rowsSince(0).map(({ what }) => what.kind)).toEqual(['refused']);
});
