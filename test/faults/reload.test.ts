import { spawnSync } from 'node:child_process';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../src/release/journal-entry.ts';
import { Bench, checkoutOn } from '../engine/bench.ts';
import { compiled } from '../support/compiled.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import type { HaproxyNode } from '../support/haproxy-node.ts';
import { waitUntil } from '../support/wait-until.ts';
import { mapHolds } from './kills/grounds/map-ground.ts';
import { judgeAtRest } from './kills/judge.ts';

const program = compiled('test/faults/programs/reload-node.ts');

let fleet: TestFleet;
let bench: Bench;
/** Called at every failpoint, while the house stands still. */
let atHit: (name: string) => void;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  atHit = () => undefined;
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

type Rules = NonNullable<Parameters<typeof checkoutOn>[1]>;

function open(rules: Rules = {}, { masters = true, count = 2 } = {}): void {
  const nodes = fleet.nodes.slice(0, count).map(({ target, master }) => ({
    target: masters ? { ...target, master } : target,
  }));
  const free = { approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 } };
  bench = new Bench(checkoutOn({ nodes }, { ...free, ...rules }), {
    failpoint: (name) => atHit(name),
  });
}

/** Reloads a node now: nothing of the house runs meanwhile, its open connections stay open. */
function reloadNow(node: HaproxyNode): void {
  const { status, stderr } = spawnSync(process.execPath, [program, node.runtime, node.master], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${node.name} was not reloaded: ${stderr}`);
}

/** A node is reloaded at the first failpoint that matches; `reached` says whether it came to that. */
function reloadAt(
  matches: (name: string) => boolean,
  index = 1,
): { readonly reached: () => boolean } {
  let reached = false;
  atHit = (name) => {
    if (reached || !matches(name)) return;
    reached = true;
    reloadNow(fleet.node(index));
  };
  return { reached: () => reached };
}

const id = 'checkout-1';
const ask = { kind: 'release', service: 'checkout' } as const;
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const disks = () => fleet.nodes.map((node) => node.disk());
const on = (side: 'blue' | 'green') => Array(2).fill(`backend_${side}`);
const fileOn = (side: 'blue' | 'green') => Array(2).fill(`active backend_${side}\n`);
const entered = (stage: string) => (name: string) =>
  name === 'journal:after:stage_entered' && bench.store.release(id)?.state === stage;

function rows<K extends Entry['what']['kind']>(kind: K, of = id) {
  return bench.store
    .rowsOf(of)
    .filter((row): row is Entry & { what: { kind: K } } => row.what.kind === kind);
}

/** I1, I3, I4, I6 and I7, by the journal's own rows and the nodes. */
async function expectInvariants(): Promise<void> {
  const place = { names: fleet.nodes.map(({ name }) => name), held: () => mapHolds(fleet.nodes) };
  expect(await judgeAtRest(place, bench.folder, bench.store.openReleases())).toEqual([]);
}

async function toAcceptance(): Promise<void> {
  await bench.ask('U0RITA', ask);
  await bench.until(id, 'awaiting_acceptance');
}

async function toCompleted(): Promise<void> {
  await toAcceptance();
  await bench.ask('U0RITA', { kind: 'accept', of: id });
  await bench.until(id, 'completed');
}

/** A request that stays open on blue, on lb-2. */
async function holdOnBlue(): Promise<void> {
  const before = fleet.application('blue').held;
  const held = request(new URL('/hold', fleet.node(1).frontend));
  held.on('error', () => undefined);
  held.end();
  await waitUntil(() => fleet.application('blue').held > before, { what: 'a held request' });
}

describe('a node that reloads before anything was written', () => {
  test('while the release waits for approval: nothing is lost, the checks see the new worker', async () => {
    open({ approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 } });
    await bench.ask('U0RITA', ask);
    await bench.until(id, 'awaiting_approval');

    await fleet.node(1).reload();
    await bench.ask('U0ANN', { kind: 'approve', of: id });
    await bench.until(id, 'awaiting_acceptance');

    expect(await memories()).toEqual(on('green'));
    expect(bench.release(id).workers['lb-2']?.pid).toBe(await fleet.node(1).workerPid());
    expect(bench.kinds(id)).not.toContain('replanned');
    await expectInvariants();
  });

  test('between two readings of the checks: they begin anew with the new worker', async () => {
    open({ gates: { healthyReadings: 3, minimumHealthy: 'all', timeoutMs: 20_000 } });
    await bench.ask('U0RITA', ask);
    await waitUntil(() => bench.shown.some(({ done }) => done === 2), { what: 'two readings' });

    await fleet.node(1).reload();
    await bench.until(id, 'awaiting_acceptance');

    const good = bench.shown.filter(({ total }) => total === 3).map(({ done }) => done);
    expect(good.slice(0, 2)).toEqual([1, 2]);
    expect(good.slice(2)).toContain(1);
    expect(bench.release(id).workers['lb-2']?.pid).toBe(await fleet.node(1).workerPid());
    await expectInvariants();
  });

  test('between the checks and the switch: the checks are made again, and traffic moves once', async () => {
    open();
    const reload = reloadAt(entered('switching'));

    await toAcceptance();

    expect(reload.reached()).toBe(true);
    expect(rows('stage_entered').map(({ what }) => what.stage)).toEqual([
      'preflight',
      'switching',
      'preflight',
      'switching',
      'verifying',
      'smoking',
      'awaiting_acceptance',
    ]);
    expect(rows('intent').map(({ node }) => node)).toEqual(['lb-1', 'lb-2']);
    expect(await memories()).toEqual(on('green'));
    await expectInvariants();
  });
});

describe('a node that reloads in the switch takes the fleet back', () => {
  test('between arm and fire: the old worker says yes on the open connection and is not believed', async () => {
    open();
    const old = await fleet.node(1).workerPid();
    const reload = reloadAt((name) => name === 'cli:before:set-map');

    await bench.ask('U0RITA', ask);
    await bench.until(id, 'rolled_back');

    expect(reload.reached()).toBe(true);
    const [refused] = rows('result').filter(({ node }) => node === 'lb-2');
    expect(refused?.what).toMatchObject({
      outcome: 'not_applied',
      sentence: `worker ${old} took it, and a reload has replaced that worker`,
    });
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });

  test('between arm and fire of the only node: nothing moved, so it has failed', async () => {
    open({}, { count: 1 });
    const reload = reloadAt((name) => name === 'cli:before:set-map', 0);

    await bench.ask('U0RITA', ask);
    await bench.until(id, 'failed');

    expect(reload.reached()).toBe(true);
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });

  test('between fire and verify: the readback shows the file’s side and another worker', async () => {
    open();
    const reload = reloadAt((name) => name === 'journal:after:switched');

    await bench.ask('U0RITA', ask);
    const { ended } = await bench.until(id, 'rolled_back');

    expect(reload.reached()).toBe(true);
    expect(ended?.sentence).toBe('Reading back did not show the switch (lb-2: it holds blue).');
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });

  test('between fire and verify, onto the new side: another worker than the checked one is not believed', async () => {
    open();
    const reload = reloadAt((name) => {
      if (name !== 'journal:after:switched') return false;
      fleet.node(1).writeDisk('active backend_green\n');
      return true;
    });

    await bench.ask('U0RITA', ask);
    const { ended } = await bench.until(id, 'rolled_back');
    fleet.node(1).writeDisk('active backend_blue\n');

    expect(reload.reached()).toBe(true);
    expect(ended?.sentence).toMatch(
      /^Reading back did not show the switch \(lb-2: it was reloaded: worker \d+ answers, \d+ was checked\)\.$/,
    );
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });
});

describe('a node that reloads behind the switch', () => {
  test('while a smoke request is under way: it goes back', async () => {
    open();
    fleet.application('green').slowDown(1_000);
    await bench.ask('U0RITA', ask);
    await bench.until(id, 'smoking');
    await waitUntil(() => fleet.application('green').waiting > 0, { what: 'a smoke request' });

    await fleet.node(1).reload();
    const { ended } = await bench.until(id, 'rolled_back');

    expect(ended?.sentence).toContain('The smoke test did not hold: ');
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });

  test('while it bakes: it goes back by itself, and says which node and when', async () => {
    open({ bake: { forMs: 20_000, errorRate: 0.01, latency: 2, minimumRequests: 1 } });
    await bench.ask('U0RITA', ask);
    await bench.until(id, 'baking');

    await fleet.node(1).reload();
    const { ended } = await bench.until(id, 'rolled_back');

    expect(ended?.sentence).toMatch(
      /^During the bake lb-2 reloaded at \d\d:\d\d UTC and is back on blue\.$/,
    );
    expect(await memories()).toEqual(on('blue'));
    await expectInvariants();
  });

  test('while it waits for acceptance: a person chooses, told once; after Re-apply the next reload is told anew', async () => {
    open();
    await toAcceptance();
    await bench.watch.round();

    await fleet.node(1).reload();
    await bench.until(id, 'needs_attention');
    await bench.watch.round();
    await bench.watch.round();
    await expectInvariants();
    const told = texts().filter((text) => text.includes('lb-2 reloaded at'));
    await bench.ask('U0RITA', { kind: 'reapply', of: id });
    await bench.until(id, 'awaiting_acceptance');
    const again = await memories();
    await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_blue`);
    const second = await bench.until(id, 'needs_attention');

    expect(told).toEqual([
      expect.stringMatching(
        /^checkout-1 needs attention: lb-2 reloaded at \d\d:\d\d UTC and is back on blue\. checkout is locked until /,
      ),
    ]);
    expect(again).toEqual(on('green'));
    expect(second.attention?.why).toBe('lb-2 was changed by another hand and holds blue.');
  });
});

describe('a node that reloads after acceptance is brought forward', () => {
  test('between the files of two nodes', async () => {
    open();
    await toAcceptance();
    const reload = reloadAt((name) => name === 'rename:before');

    await bench.ask('U0RITA', { kind: 'accept', of: id });
    await bench.until(id, 'completed');

    expect(reload.reached()).toBe(true);
    const [at] = rows('persisted');
    const last = rows('intent')
      .filter(({ node, what }) => node === 'lb-2' && what.effect === 'memory')
      .at(-1);
    expect(last?.what.why).toBe('after acceptance');
    expect(last?.seq).toBeLessThan(at?.seq ?? 0);
    expect([await memories(), disks()]).toEqual([on('green'), fileOn('green')]);
    await expectInvariants();
  });

  test('while it drains: what the old worker still serves is waited for until the deadline, and named', async () => {
    open({ drain: { timeoutMs: 4_000, then: 'wait' } });
    await holdOnBlue();
    await toAcceptance();
    await bench.ask('U0RITA', { kind: 'accept', of: id });
    await bench.until(id, 'draining');
    const old = await fleet.node(1).workerPid();

    await fleet.node(1).reload();
    const { ended } = await bench.until(id, 'completed');

    expect(ended?.sentence).toBe(
      `checkout is on green on every node, in memory and on disk. 1 session was left on blue: lb-2: an old worker (pid ${old}): 1 session.`,
    );
    expect(rows('drain_deadline')).toEqual([]);
    expect([await memories(), disks()]).toEqual([on('green'), fileOn('green')]);
    await expectInvariants();
  });

  test('while it drains, with no master to ask: what nobody sees is said to be unseen', async () => {
    open({}, { masters: false });
    await holdOnBlue();
    await toAcceptance();
    await bench.ask('U0RITA', { kind: 'accept', of: id });
    await bench.until(id, 'draining');

    await fleet.node(1).reload();
    const { ended } = await bench.until(id, 'completed');

    expect(ended?.sentence).toBe(
      'checkout is on green on every node, in memory and on disk. No session is known to be left on blue, but lb-2: it was reloaded since the switch, and without `master` in the configuration nobody sees what its old worker still serves.',
    );
    await expectInvariants();
  });

  test('and one that another hand moves while it drains: its memory is brought forward, and that is told', async () => {
    open();
    await holdOnBlue();
    await toAcceptance();
    await bench.ask('U0RITA', { kind: 'accept', of: id });
    await bench.until(id, 'draining');

    await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_blue`);
    await waitUntil(() => bench.kinds(id).includes('recovered'), { what: 'the stray' });
    await waitUntil(async () => (await memories()).every((held) => held === 'backend_green'));
    fleet.application('blue').letGo();
    await bench.until(id, 'completed');

    expect(rows('recovered')[0]?.what.sentence).toBe(
      'lb-2 left green during the drain and is brought there again.',
    );
    expect(await memories()).toEqual(on('green'));
    await expectInvariants();
  });
});

describe('a node that reloads while a release goes back', () => {
  test('between arm and fire of an abort: every node ends on stable', async () => {
    open();
    await toAcceptance();
    const reload = reloadAt((name) => name === 'cli:before:set-map');

    await bench.ask('U0RITA', { kind: 'abort', of: id });
    await bench.until(id, 'aborted');

    expect(reload.reached()).toBe(true);
    expect([await memories(), disks()]).toEqual([on('blue'), fileOn('blue')]);
    await expectInvariants();
  });

  test.each(['cli:before:set-map', 'cli:after:set-map', 'rename:before'])(
    'at %s of a rollback: it is written again, and the rollback completes',
    async (point) => {
      open();
      await toCompleted();
      const reload = reloadAt((name) => name === point);

      await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
      await bench.until('checkout-2', 'completed');

      expect(reload.reached()).toBe(true);
      expect([await memories(), disks()]).toEqual([on('blue'), fileOn('blue')]);
      await expectInvariants();
    },
  );

  test.each(['cli:before:set-map', 'cli:after:set-map', 'rename:before'])(
    'at %s of an adoption: the fleet is made alike all the same',
    async (point) => {
      open();
      const reload = reloadAt((name) => name === point);
      const because = 'told so';

      await bench.ask('U0OLAF', { kind: 'adopt', service: 'checkout', side: 'green', because });
      await bench.until(id, 'completed');

      expect(reload.reached()).toBe(true);
      expect([await memories(), disks()]).toEqual([on('green'), fileOn('green')]);
      await expectInvariants();
    },
  );

  test.each(['cli:before:set-map', 'rename:before'])(
    'at %s of a settlement: it is settled all the same',
    async (point) => {
      open();
      await toAcceptance();
      await fleet.node(1).reload();
      await bench.until(id, 'needs_attention');
      const reload = reloadAt((name) => name === point);

      await bench.ask('U0OLAF', { kind: 'settle', release: id, side: 'green', because: 'fine' });
      await bench.until(id, 'completed');

      expect(reload.reached()).toBe(true);
      expect([await memories(), disks()]).toEqual([on('green'), fileOn('green')]);
      await expectInvariants();
    },
  );
});

/** Everything people were told so far. */
function texts(): readonly string[] {
  return bench.store
    .pending()
    .flatMap(({ announcement }) => ('text' in announcement ? [announcement.text] : []));
}
