import { Agent, get } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BakeFacts } from '../../src/release/bake-facts.ts';
import type { ReleaseState } from '../../src/release/states.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
let agent: Agent;
beforeEach(async () => {
  fleet = await aFleet().withoutChecks().start();
  agent = new Agent({ keepAlive: true, maxSockets: 16 });
});
afterEach(async () => {
  agent.destroy();
  await bench.end();
  await fleet.end();
});

/** Evidence needs ten samples of response times: on a busy machine that takes its time. */
const longMs = 180_000;
/** A bake that only evidence ends. */
const untilProved = 600_000;

function open(forMs: number, minimumRequests = 100): void {
  bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      bake: { forMs, errorRate: 0.01, latency: 2, minimumRequests },
      smoke: [],
    }),
  );
}

const ask = () =>
  new Promise<void>((resolve) => {
    get(`${fleet.node(0).frontend}/`, { agent }, (response) => {
      response.resume().on('end', resolve);
    }).on('error', () => resolve());
  });

async function requests(count: number): Promise<void> {
  for (let left = count; left > 0; left -= 16) await Promise.all(Array.from({ length: 16 }, ask));
}

/** Traffic for as long as the release is at its bake. */
async function trafficUntilBaked(id: string): Promise<void> {
  await bench.until(id, 'baking');
  while (bench.store.release(id)?.state === 'baking') await requests(40);
}

async function bake(id: string, state: ReleaseState) {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await trafficUntilBaked(id);
  const release = await bench.until(id, state);
  const baked = bench.store.rowsOf(id).find(({ what }) => what.kind === 'baked');
  const facts = baked?.what.kind === 'baked' ? baked.what.facts : undefined;
  return { release, facts: facts as BakeFacts };
}

test('a side that was slow and is mended is judged by its new times', {
  timeout: longMs,
}, async () => {
  open(untilProved);
  // The first requests pay for connections: enough others follow.
  await requests(480);
  fleet.applications.green[0]?.slowDown(800);
  const first = await bake('checkout-1', 'rolled_back');
  fleet.applications.green[0]?.recover();
  await bench.close();
  open(4_000);
  const second = await bake('checkout-1', 'awaiting_acceptance');

  expect(first.release.ended?.sentence).toMatch(/ms on average, \d+ ms on the old side/);
  expect(first.facts.time).toBeGreaterThan(700);
  expect(second.facts.time).toBeLessThan((first.facts.time ?? 0) / 2);
});

test('the plan, and the row of what was asked for, say what the bake can find', async () => {
  open(60_000);
  await requests(64);

  const plan = await bench.ask('U0RITA', { kind: 'plan', service: 'checkout' });
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const { power } = await bench.until('checkout-1', 'baking');

  const said = plan.kind === 'plan' ? plan.sentences : [];
  expect(said.filter((sentence) => sentence.startsWith('This bake finds'))).toHaveLength(1);
  expect(power?.perSecond).toBeGreaterThanOrEqual(0);
  await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
  await bench.until('checkout-1', 'aborted');
});

test('errors are found on evidence, and the row holds the numbers', {
  timeout: longMs,
}, async () => {
  open(untilProved);
  fleet.applications.green[0]?.answerWith(500);

  const { release, facts } = await bake('checkout-1', 'rolled_back');

  expect(release.ended?.sentence).toMatch(
    /answers were 5xx \(100%, limit 1%\); evidence against it/,
  );
  expect(facts).toMatchObject({ tested: 0.01, needed: 100, burstiness: 5, restarts: 0 });
  expect(facts.requests).toBeGreaterThanOrEqual(100);
  expect(facts.errors).toBe(facts.requests);
});

test('counters that have a past of errors take nothing back', async () => {
  open(3_000);
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_green`);
  fleet.applications.green[0]?.answerWith(500);
  await requests(200);
  fleet.applications.green[0]?.recover();
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_blue`);
  await requests(60);

  const { facts } = await bake('checkout-1', 'awaiting_acceptance');

  expect(facts.errors).toBe(0);
  expect(facts.requests).toBeGreaterThanOrEqual(100);
});

test('no traffic is never good', async () => {
  open(300, 1);

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const release = await bench.until('checkout-1', 'awaiting_acceptance');

  expect(release.inconclusive).toEqual(['Only 0 of at least 1 request came during the bake']);
});
