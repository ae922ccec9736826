import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

function open(rules: Parameters<typeof checkoutOn>[1] = {}): void {
  const nodes = fleet.nodes.map((node) => ({ target: { ...node.target, master: node.master } }));
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn({ nodes }, { approval, ...rules }));
}

const both = { reapply: { side: 'green', found: 'blue' } } as const;

async function onGreen(): Promise<void> {
  open();
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  await bench.watch.round();
}

/** One round; what it has told in the service's channel. */
async function round(): Promise<readonly object[]> {
  const before = bench.store.pending().length;
  await bench.watch.round();
  return bench.store
    .pending()
    .slice(before)
    .flatMap(({ announcement: { kind: _, ...told } }) => ('text' in told ? [told] : []));
}

const mayPress =
  'Re-apply (role releaser) brings back green; Accept blue (role releaser) keeps blue.';

const notice = (text: unknown, more: object = {}) => ({ service: 'checkout', text, ...more });

test('a file that another hand changed, and the reload that brings it, are told once each, with both sides', async () => {
  await onGreen();

  bench.over.length = 0;
  fleet.node(1).writeDisk('active backend_blue\n');
  const changed = [await round(), await round()];
  await fleet.node(1).reload();
  const reloaded = [await round(), await round()];
  const overBefore = [...bench.over];
  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });
  await bench.until('checkout-2', 'completed');
  const back = [await round(), await round()];

  const file = `checkout: Another hand changed the map file: lb-2 has blue on disk, not green: a reload would bring that back.\n${mayPress}`;
  expect(changed).toEqual([[notice(file, both)], []]);
  const fell = expect.stringMatching(
    /^checkout: lb-2 reloaded at \d\d:\d\d UTC and is back on blue, not green\.\nRe-apply/,
  );
  expect(reloaded).toEqual([[notice(fell, both)], []]);
  expect(back).toEqual([[notice('checkout: lb-2 is in sync again, on green.')], []]);
  expect([overBefore, bench.over.at(-1)]).toEqual([[], 'checkout']);
  expect(await fleet.node(1).memory()).toBe('backend_green');
  expect(fleet.node(1).disk()).toBe('active backend_green\n');
});

test('a key that another hand wrote twice is told once, journaled as an external change, and shown as drifted', async () => {
  await onGreen();

  await fleet.node(0).ask(`add map ${fleet.node(0).mapFile} active backend_blue`);
  const told = [await round(), await round()];
  const reply = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });

  const text = expect.stringMatching(
    /^checkout: Another hand changed the map: lb-1 has the key 2 times in memory \(.+\): .+ Take the surplus entries out by hand, then `\/release adopt checkout green because <reason>`/,
  );
  expect(told).toEqual([[notice(text)], []]);
  const rows = bench.store.history({ service: 'checkout', limit: 1 });
  expect(rows[0]?.actor).toBe('system:drift-watch');
  expect(reply.kind === 'service' && reply.status.nodes.map(({ verdict }) => verdict)).toEqual([
    'drifted',
    'in sync',
  ]);
});

test('a reload of a node that stays in sync is journaled and calls nobody', async () => {
  await onGreen();
  const rows = bench.store.history({ service: 'checkout', limit: 500 }).length;

  await fleet.node(1).reload();
  const told = await round();

  const all = bench.store.history({ service: 'checkout', limit: 500 });
  expect(told).toEqual([]);
  expect(all.slice(0, all.length - rows).map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/lb-2 reloaded at \d\d:\d\d UTC and is on green, as it should be\.$/),
  ]);
});

test('an old worker that still serves is told once, shown in the status, and its end is told', async () => {
  open();
  const held = request(new URL('/hold', fleet.node(1).frontend));
  held.on('error', () => undefined);
  held.end();
  await waitUntil(() => fleet.application('blue').held === 1, { what: 'a held request' });
  await bench.watch.round();
  const pid = await fleet.node(1).workerPid();

  await fleet.node(1).reload();
  const told = await waitUntil(async () => {
    const texts = await round();
    return texts.length > 0 && texts;
  });
  const again = await round();
  const reply = await bench.ask('U0SAM', { kind: 'status', service: 'checkout' });
  fleet.application('blue').letGo();
  const end = await waitUntil(async () => {
    const texts = await round();
    return texts.length > 0 && texts;
  });

  expect(told).toEqual([
    notice(
      `checkout: lb-2: an old worker (pid ${pid}) still serves 1 session on blue after a reload.`,
    ),
  ]);
  expect(again).toEqual([]);
  expect(reply.kind === 'service' && reply.status.nodes.map((node) => node.oldWorkers)).toEqual([
    { kind: 'known', workers: [] },
    { kind: 'known', workers: [{ pid, sessions: { blue: 1, green: 0 } }] },
  ]);
  expect(end).toEqual([
    notice(
      expect.stringMatching(
        new RegExp(
          `^checkout: lb-2: the old worker \\(pid ${pid}\\) (has ended|serves no session on)`,
        ),
      ),
    ),
  ]);
});

test('a node that Pointsman itself could not take back is off, and nobody is blamed for it', async () => {
  open({ acceptance: { remindMs: 3_600_000, expiresMs: 300 } });
  await bench.watch.round();
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await fleet.node(1).ask('disable server backend_blue/b1');
  await bench.until('checkout-1', 'needs_attention');

  const told = [await round(), await round()];

  expect(await fleet.node(0).memory()).toBe('backend_blue');
  expect(told).toEqual([
    [{ release: 'checkout-1', text: 'lb-2 has green in memory, not blue.' }],
    [],
  ]);
});

test('a frozen node keeps nobody from being told of another, however many services are watched', async () => {
  const config = checkoutOn(fleet);
  const [checkout] = config.services.values();
  if (checkout === undefined) throw new Error('no service');
  const names = Array.from({ length: 12 }, (_, i) => `shop${String.fromCharCode(97 + i)}`);
  const services = new Map(names.map((name) => [name, { ...checkout, name }]));
  bench = new Bench({ ...config, services });
  await bench.watch.round();
  await fleet.node(0).pause();
  await fleet.node(1).ask(`set map ${fleet.node(1).mapFile} active backend_green`);
  const toldOf = (node: string) =>
    names.filter((service) =>
      bench.store
        .history({ service, limit: 10 })
        .some(({ sentence }) => new RegExp(`\\b${node} (has|does not)`).test(sentence)),
    );

  const began = performance.now();
  bench.watch.start();
  await waitUntil(() => toldOf('lb-2').length === names.length, { what: 'all to be told of lb-2' });
  const took = performance.now() - began;
  await waitUntil(() => toldOf('lb-1').length === names.length, { what: 'all to be told of lb-1' });
  fleet.node(0).resume();

  // Each service waits a second for the frozen node; one after another that would be twelve.
  expect(took).toBeLessThan(4_000);
  const texts = bench.store
    .pending()
    .flatMap(({ announcement: told }) => (told.kind === 'channel' ? [told.text] : []));
  const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  expect(texts.map((text) => text.split(/[:.] /).slice(0, 2).join(': '))).toEqual([
    `${all}: Another hand changed the map`,
    `${all}: lb-1 does not answer`,
  ]);
});
