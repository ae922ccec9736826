import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HookPlan } from '../../../src/release/plan.ts';
import { FaultProxy } from '../../faults/fault-proxy.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Bench } from '../bench.ts';
import { shopOn, statesOf } from './a-shop.ts';

let fleet: TestFleet;
let bench: Bench;
let folder: string;
const proxies: FaultProxy[] = [];

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).withServers(2).start();
  folder = mkdtempSync(join(tmpdir(), 'pm-shop-'));
});

afterEach(async () => {
  await bench.end();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.end()));
  await fleet.end();
  rmSync(folder, { recursive: true, force: true });
});

const release = { kind: 'release', service: 'checkout' } as const;
const allReady = { b1: 'ready', b2: 'ready' };
const first = { of: 'checkout-1' } as const;

function hook(script: string, more: Partial<HookPlan> = {}): HookPlan {
  return {
    kind: 'run',
    argv: ['/bin/sh', '-c', script, 'sh', '{server}'],
    environment: [],
    timeoutMs: 10_000,
    idempotent: false,
    pointOfNoReturn: false,
    ...more,
  } as HookPlan;
}

/** The same service, its second node behind a proxy. */
async function behindProxy(rules: Parameters<typeof shopOn>[1] = {}): Promise<FaultProxy> {
  const config = shopOn(fleet, rules);
  const proxy = await new FaultProxy(folder, 'lb-2', fleet.node(1).runtime).start();
  proxies.push(proxy);
  const service = config.services.get('checkout');
  if (service === undefined) throw new Error('no service');
  const nodes = service.target.nodes.map((node, i) =>
    i === 1 ? { ...node, runtime: proxy.address } : node,
  );
  const services = new Map([
    ['checkout', { ...service, target: { ...service.target, nodes } as typeof service.target }],
  ]);
  bench = new Bench({ ...config, services });
  return proxy;
}

test('the hook deploy runs once per server, while it is out of every node', async () => {
  const said = join(folder, 'said');
  writeFileSync(said, '');
  bench = new Bench(shopOn(fleet, { hooks: { deploy: hook(`echo "$1" >> ${said}`) } }));

  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'completed');

  expect(readFileSync(said, 'utf8')).toBe('b1\nb2\n');
  const rows = bench.store.rowsOf('checkout-1').flatMap(({ what }) => {
    if (what.kind === 'batch_entered') return [what.phase];
    return what.kind === 'hook_started' ? [`hook ${what.server}`] : [];
  });
  expect(rows).toEqual(
    ['b1', 'b2'].flatMap((server) => [
      'drain',
      'empty',
      'maint',
      'deploy',
      `hook ${server}`,
      'ready',
      'healthy',
    ]),
  );
});

test('a hook that fails on the second batch stops it there: b2 stays out until a person says what is next', async () => {
  const flag = join(folder, 'mended');
  const script = `[ "$1" = b1 ] || [ -e ${flag} ]`;
  bench = new Bench(shopOn(fleet, { hooks: { deploy: hook(script) } }));

  await bench.ask('U0RITA', release);
  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toMatch(/^The hook deploy failed\. .* Re-apply runs it again\.$/s);
  expect(attention?.byHand.join('\n')).toContain('set server backend_blue/b2 state ready');
  expect(await statesOf(fleet)).toEqual([
    { b1: 'ready', b2: 'maint' },
    { b1: 'ready', b2: 'maint' },
  ]);
  writeFileSync(flag, '');
  await bench.ask('U0RITA', { kind: 'reapply', ...first });
  await bench.until('checkout-1', 'completed');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
});

test('Roll back after a failed hook puts the server back and ends it Aborted', async () => {
  bench = new Bench(shopOn(fleet, { hooks: { deploy: hook('exit 1') } }));
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'needs_attention');

  await bench.ask('U0RITA', { kind: 'abort', ...first });
  await bench.until('checkout-1', 'aborted');

  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  expect(await bench.ask('U0RITA', { kind: 'reapply', ...first })).toMatchObject({
    kind: 'refused',
  });
});

test('beyond a point of no return one person alone does not take it back', async () => {
  bench = new Bench(
    shopOn(fleet, { hooks: { deploy: hook('exit 1', { pointOfNoReturn: true }) } }),
  );
  bench.roles = { ...bench.roles, U0ROB: ['viewer', 'releaser'] };
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'needs_attention');

  const alone = await bench.ask('U0RITA', { kind: 'abort', ...first });
  expect(alone).toMatchObject({ text: expect.stringContaining('a second person must') });
  expect(bench.release('checkout-1').goingBack).toBeUndefined();
  await bench.ask('U0ROB', { kind: 'abort', ...first });
  await bench.until('checkout-1', 'aborted');

  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
});

test('a node that falls silent in the middle: nothing more is taken out, and it goes on by Re-apply', async () => {
  const proxy = await behindProxy({ hooks: { deploy: hook('sleep 0.5') } });
  await bench.ask('U0RITA', release);
  await waitUntil(() => bench.release('checkout-1').servers?.phase === 'deploy');
  await proxy.set({ kind: 'refuse' });

  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toContain('lb-2');
  expect((await statesOf(fleet)).map(({ b2 }) => b2)).toEqual(['ready', 'ready']);
  await proxy.set({ kind: 'pass' });
  await bench.ask('U0RITA', { kind: 'reapply', ...first });
  await bench.until('checkout-1', 'completed');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
}, 60_000);

test('the last healthy server is not taken right before a batch either: the one before it has fallen ill since', async () => {
  const proxy = await behindProxy();
  // The node says that b1 is down as soon as it is b2's turn: nothing but the look right before the batch sees it.
  await proxy.set({
    kind: 'rewrite',
    change: (reply) => {
      const servers = bench.store.release('checkout-1')?.servers;
      if (servers?.batch !== 1 || servers.phase !== 'drain') return reply;
      return reply.replace(/^(backend_blue,b1,.*?),UP,/m, '$1,DOWN,');
    },
  });

  await bench.ask('U0RITA', release);
  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toContain('lb-2: without b2 no healthy server is left: b1 is ready, DOWN');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
});

test('the last healthy server is not taken in preflight: it fell ill while the approval was awaited', async () => {
  bench = new Bench(
    shopOn(fleet, {
      approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 },
      gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 1_000 },
    }),
  );
  await bench.ask('U0RITA', release);
  fleet.application('blue', 1).failHealth();
  await waitUntil(async () =>
    (await fleet.node(0).ask('show stat backend_blue 4 -1')).includes(',DOWN,'),
  );

  await bench.ask('U0ANN', { kind: 'approve', ...first });
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain(
    'a healthy one stays: lb-1: without b1 no healthy server is left',
  );
  expect(bench.kinds('checkout-1')).not.toContain('servers_intent');
});

test('another hand before the first write: the plan is made anew and the approvals are void, or it ends', async () => {
  bench = new Bench(
    shopOn(fleet, { approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 } }),
  );
  await bench.ask('U0RITA', release);
  await fleet.node(0).ask('set server backend_blue/b1 state drain');

  await bench.ask('U0ANN', { kind: 'approve', ...first });
  const { ended } = await bench.until('checkout-1', 'failed');

  expect(ended?.sentence).toContain('b1 was ready on lb-1, now it is drain');
  expect(await statesOf(fleet)).toEqual([{ ...allReady, b1: 'drain' }, allReady]);
});

test('a server that is out by another hand is no matter for a rolling release: it says who puts it back', async () => {
  bench = new Bench(shopOn(fleet));
  await fleet.node(1).ask('set server backend_blue/b2 state maint');

  const reply = await bench.ask('U0RITA', release);

  expect(reply).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('`/release ready checkout b2` does that first'),
  });
});

test('a reload in the middle of a batch puts nobody under the hook: the server is taken out again', async () => {
  bench = new Bench(shopOn(fleet, { drain: { timeoutMs: 60_000, then: 'wait' } }));
  const held = fetch(`${fleet.node(0).frontend}/hold`).catch(() => undefined);
  await waitUntil(() => fleet.applications.blue.some((app) => app.held === 1));
  const index = fleet.applications.blue.findIndex((app) => app.held === 1);
  const name = `b${index + 1}`;

  await bench.ask('U0RITA', release);
  await waitUntil(
    async () =>
      bench.release('checkout-1').servers?.phase === 'empty' &&
      (await statesOf(fleet))[1]?.[name] === 'drain',
    { timeout: 20_000 },
  );
  await fleet.node(1).reload();
  await waitUntil(async () => (await statesOf(fleet))[1]?.[name] === 'drain', { timeout: 20_000 });
  fleet.application('blue', index).letGo();
  await held;
  await bench.until('checkout-1', 'completed');

  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
}, 60_000);

test('sessions that stay: asked at the deadline, cut on a word, and then it goes on', async () => {
  bench = new Bench(shopOn(fleet, { drain: { timeoutMs: 500, then: 'wait' } }));
  const held = fetch(`${fleet.node(0).frontend}/hold`).catch(() => undefined);
  await waitUntil(() => fleet.applications.blue.some((app) => app.held === 1));

  await bench.ask('U0RITA', release);
  await waitUntil(() => bench.release('checkout-1').drain?.asking === true, { timeout: 20_000 });
  const { drain } = bench.release('checkout-1');
  const reply = await bench.ask('U0RITA', { kind: 'shut_down_sessions', ...first });
  await bench.until('checkout-1', 'completed');
  await held;

  expect(drain).toMatchObject({ sessions: 1, asking: true });
  expect(reply).toMatchObject({ text: 'The sessions left on backend_blue are being shut down.' });
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
});

test('nobody answers about the sessions: it stops, nothing is cut', async () => {
  bench = new Bench(shopOn(fleet, { drain: { timeoutMs: 300, then: 'wait' } }));
  const held = fetch(`${fleet.node(0).frontend}/hold`);
  await waitUntil(() => fleet.applications.blue.some((app) => app.held === 1));
  const index = fleet.applications.blue.findIndex((app) => app.held === 1);

  await bench.ask('U0RITA', release);
  const { attention } = await bench.until('checkout-1', 'needs_attention');

  expect(attention?.why).toContain('nobody said whether to wait or to cut');
  expect(fleet.application('blue', index).held).toBe(1);
  fleet.application('blue', index).letGo();
  expect((await held).status).toBe(200);
});

test('going back waits for a silent node, and a person may say: try again now', async () => {
  const proxy = await behindProxy({ hooks: { deploy: hook('exit 1') } });
  await bench.ask('U0RITA', release);
  await bench.until('checkout-1', 'needs_attention');
  await proxy.set({ kind: 'refuse' });
  await bench.ask('U0RITA', { kind: 'abort', ...first });
  await waitUntil(
    () => bench.release('checkout-1').attention?.why.startsWith('Not every node could be put back'),
    { timeout: 20_000 },
  );
  const halfway = await statesOf(fleet);

  await proxy.set({ kind: 'pass' });
  const reply = await bench.ask('U0RITA', { kind: 'reapply', ...first });
  await bench.until('checkout-1', 'aborted');

  // The node that answered did not have to wait for the one that did not.
  expect(halfway.map(({ b1 }) => b1)).toEqual(['ready', 'maint']);
  expect(reply).toMatchObject({ text: 'checkout-1 tries again to go back.' });
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
}, 60_000);

test.each(['drop_after', 'cut', 'lie'] as const)(
  'a write that ends in doubt (%s) is read back behind a barrier, then it goes on',
  async (kind) => {
    const proxy = await behindProxy();
    await proxy.set({ kind }, { when: (line) => line.startsWith('set server'), times: 1 });

    await bench.ask('U0RITA', release);
    await bench.until('checkout-1', 'completed');

    const rows = bench.store.rowsOf('checkout-1').map(({ what }) => what);
    const outcomes = rows.flatMap((what) =>
      what.kind === 'servers_result'
        ? [what.outcome]
        : what.kind === 'servers_reconciled'
          ? ['read']
          : [],
    );
    expect(outcomes.filter((outcome) => outcome !== 'applied')).toEqual(
      kind === 'lie' ? ['not_applied'] : ['unknown', 'read'],
    );
    expect(await statesOf(fleet)).toEqual([allReady, allReady]);
  },
  60_000,
);

test('a clean stop in the middle parks it, and the next start goes on from there', async () => {
  bench = new Bench(shopOn(fleet, { drain: { timeoutMs: 60_000, then: 'wait' } }));
  const held = fetch(`${fleet.node(0).frontend}/hold`);
  await waitUntil(() => fleet.applications.blue.some((app) => app.held === 1));
  const index = fleet.applications.blue.findIndex((app) => app.held === 1);
  await bench.ask('U0RITA', release);
  await waitUntil(
    async () =>
      bench.release('checkout-1').servers?.phase === 'empty' &&
      (await statesOf(fleet))[0]?.[`b${index + 1}`] === 'drain',
    { timeout: 20_000 },
  );

  await bench.close();
  bench.open();
  const { parked, state } = bench.release('checkout-1');
  fleet.application('blue', index).letGo();
  expect((await held).status).toBe(200);
  await bench.until('checkout-1', 'completed');

  expect({ parked, state }).toEqual({ parked: true, state: 'switching' });
  expect(bench.kinds('checkout-1')).toContain('parked');
  expect(await statesOf(fleet)).toEqual([allReady, allReady]);
}, 60_000);
