import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../src/commands/command.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

// `/rollback` said twice, by two people: whatever stands between the two, both end on the same side.

let fleet: TestFleet;
let bench: Bench;

beforeEach(async () => {
  fleet = await aFleet().withNodes(2).start();
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn(fleet, { approval, smoke: [] }));
  bench.roles.U0EVE = ['viewer', 'releaser'];
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const bothOn = (side: string) => Array(2).fill(`backend_${side}`);
const rollback = (user: string) => bench.ask(user, { kind: 'rollback', service: 'checkout' });
const textOf = (reply: Reply) => ('text' in reply ? reply.text : '');

async function release(): Promise<string> {
  const reply = await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  const id = reply.kind === 'done' ? (reply.release ?? '') : '';
  if (bench.release(id).plan.approvers > 0) await bench.ask('U0ANN', { kind: 'approve', of: id });
  await bench.until(id, 'awaiting_acceptance');
  return id;
}

async function accepted(): Promise<void> {
  const id = await release();
  await bench.ask('U0RITA', { kind: 'accept', of: id });
  await bench.until(id, 'completed');
}

/** Nothing is open, and nothing is under way any more. */
async function atRest(): Promise<void> {
  await waitUntil(() => bench.store.service('checkout').open === undefined, { timeout: 30_000 });
}

test('after acceptance: both at the same time, then once more, then after a restart and while it is locked', async () => {
  await accepted();
  await accepted();

  const both = await Promise.all([rollback('U0RITA'), rollback('U0EVE')]);
  await atRest();
  const later = await rollback('U0EVE');
  await bench.ask('U0OLAF', { kind: 'lock', service: 'checkout', because: 'code freeze' });
  await bench.close();
  bench.open();
  const muchLater = await rollback('U0RITA');
  await atRest();

  expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  expect([later.kind, muchLater.kind]).toEqual(['refused', 'refused']);
  expect(textOf(later)).toMatch(
    /^Refused: @U0(RITA|EVE) took checkout back to green at \S+Z \(checkout-3\)\. checkout is on green, which is stable, so there is nothing to take back\. To move it to blue ask with `\/release checkout blue`; that needs its approval\.$/,
  );
  expect(await memories()).toEqual(bothOn('green'));
  expect(bench.store.service('checkout').lastNumber).toBe(3);
});

test('while the rollback drains the same words are told that it is under way', async () => {
  await accepted();
  const held = fetch(`${fleet.node(0).frontend}/hold`).catch(() => undefined);
  await waitUntil(() => fleet.application('green').held === 1);
  await rollback('U0RITA');
  await bench.until('checkout-2', 'draining');

  const second = await rollback('U0EVE');
  const abort = await bench.ask('U0EVE', { kind: 'abort', of: 'checkout-2' });

  expect(second).toMatchObject({ kind: 'refused', underWay: 'checkout-2' });
  expect(textOf(second)).toContain('checkout goes to blue, which is stable');
  expect(abort).toMatchObject({ kind: 'refused', underWay: 'checkout-2' });
  expect(await memories()).toEqual(bothOn('blue'));
  fleet.application('green').letGo();
  await held;
});

test('in flight the first takes it back, and the second does not take back what was accepted before it', async () => {
  await accepted();
  await accepted();
  const id = await release();

  await rollback('U0RITA');
  const under = await rollback('U0EVE');
  await bench.until(id, 'aborted');
  const after = await rollback('U0EVE');
  await atRest();

  expect(under.kind).toBe('refused');
  expect(textOf(after)).toMatch(
    /^Refused: checkout-3 was to move checkout to green and did not stay there \(Aborted at .* by @U0RITA\)\. checkout is on blue, which is stable/,
  );
  expect(await memories()).toEqual(bothOn('blue'));
});

test('a request that waits for its approval is not ended by it, and the sentence says what does what', async () => {
  await bench.end();
  const approval = { approvers: 1, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn(fleet, { approval, smoke: [] }));
  bench.roles.U0EVE = ['viewer', 'releaser'];
  await accepted();
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });

  const refused = await rollback('U0EVE');
  const still = bench.release('checkout-2').state;
  const again = await bench.ask('U0EVE', { kind: 'release', service: 'checkout' });
  const accept = await bench.ask('U0EVE', { kind: 'accept', of: 'checkout-2' });
  await bench.ask('U0EVE', { kind: 'cancel', of: 'checkout-2' });
  const back = await rollback('U0EVE');
  await bench.until('checkout-3', 'completed');

  expect(textOf(refused)).toBe(
    'Refused: checkout-2, asked for by @U0RITA, waits for its approval and has moved nothing, so there is nothing of it to take back. checkout is on green. `/release cancel checkout-2` ends that request. Then `/rollback checkout` takes back checkout-1, to blue.',
  );
  expect(still).toBe('awaiting_approval');
  for (const hint of [again, accept]) {
    expect(textOf(hint)).toContain('`/release cancel checkout-2` ends it');
  }
  expect(textOf(back)).toContain('takes back checkout-1');
  expect(await memories()).toEqual(bothOn('blue'));
});

test('a refused rollback tells of a node that somebody else has moved, and how to bring it back', async () => {
  await accepted();
  await rollback('U0RITA');
  await bench.until('checkout-2', 'completed');

  const quiet = await rollback('U0RITA');
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_green`);
  const told = await rollback('U0RITA');

  expect(textOf(quiet)).not.toContain('something else');
  expect(told.kind).toBe('refused');
  expect(textOf(told)).toContain(
    'But something else has changed its nodes: lb-1 has green in memory, not blue. `Re-apply`',
  );
  expect(textOf(told)).toContain('`/release adopt checkout blue because <reason>`');
});

test('Accept on a drift notice is no way round it: what was left needs an operator, or a release', async () => {
  await accepted();
  await rollback('U0RITA');
  await bench.until('checkout-2', 'completed');
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_green`);

  const press = await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout', side: 'green' });

  expect(textOf(press)).toContain('adopting a side needs the role operator');
  expect(await fleet.node(1).memory()).toBe('backend_blue');
});

test('Re-apply does not use up the way back, and the release with the point of no return is the one taken back', async () => {
  await accepted();
  await fleet.node(0).ask(`set map ${fleet.node(0).mapFile} active backend_blue`);
  await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });
  await bench.until('checkout-2', 'completed');

  const back = await rollback('U0EVE');
  await bench.until('checkout-3', 'completed');

  expect(textOf(back)).toBe(
    'checkout-3, takes back checkout-1: checkout goes to blue on every node now.',
  );
  expect(await memories()).toEqual(bothOn('blue'));
});
