import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});

beforeEach(async () => {
  for (const [i] of fleet.nodes.entries()) {
    await setMemory(i, 'backend_blue');
    fleet.node(i).writeDisk('active backend_blue\n');
  }
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn(fleet, { approval }));
});

afterEach(async () => {
  for (const node of fleet.nodes) {
    for (const server of ['backend_blue/b1', 'backend_green/g1']) {
      await node.ask(`enable server ${server}`);
    }
  }
  await untilUp();
  await bench.end();
});

afterAll(() => fleet.end());

function setMemory(node: number, value: string): Promise<string> {
  return fleet.node(node).ask(`set map ${fleet.node(node).mapFile} active ${value}`);
}

async function untilUp(): Promise<void> {
  for (const node of fleet.nodes) {
    await waitUntil(async () => !/,(DOWN|MAINT)/.test(await node.ask('show stat')), {
      what: 'every server to be up',
    });
  }
}

const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const on = (side: string) => Array(2).fill(`backend_${side}`);
const accept = (user: string, side: 'blue' | 'green') =>
  bench.ask(user, { kind: 'accept_side', of: 'checkout', side });
const reapply = () => bench.ask('U0RITA', { kind: 'reapply', of: 'checkout' });

/** Green was released and accepted: a rollback would go to blue. */
async function releasedToGreen(): Promise<void> {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
}

/** Blue was adopted and nothing was ever released: there is nowhere to roll back to. */
async function adoptedBlue(): Promise<void> {
  await bench.ask('U0OLAF', {
    kind: 'adopt',
    service: 'checkout',
    side: 'blue',
    because: 'it begins here',
  });
  await bench.until('checkout-1', 'completed');
}

async function disableOn(node: number, server: string): Promise<void> {
  await fleet.node(node).ask(`disable server ${server}`);
}

test('a side that one node fell to and that cannot answer elsewhere is not accepted', async () => {
  await releasedToGreen();
  await setMemory(0, 'backend_blue');
  await disableOn(1, 'backend_blue/b1');

  const reply = await accept('U0RITA', 'blue');

  expect(reply).toMatchObject({
    kind: 'refused',
    text: expect.stringMatching(
      /^Refused: no server of backend_blue is healthy on lb-2, .*override because <reason>`\.$/,
    ),
  });
  expect(await memories()).toEqual(['backend_blue', 'backend_green']);
});

test('a side that no node is on any more is not accepted, and the message that offers it is outdated', async () => {
  await adoptedBlue();
  await setMemory(0, 'backend_green');
  await setMemory(0, 'backend_blue');

  const reply = await accept('U0OLAF', 'green');

  expect(reply).toEqual({
    kind: 'refused',
    text: 'Refused: the world has moved since that message: every node is on blue. `/release-status checkout` shows where it stands.',
    outdated: true,
  });
  expect(await memories()).toEqual(on('blue'));
});

test('the side a rollback would go to is accepted as that rollback, also while the service is locked', async () => {
  await releasedToGreen();
  await bench.ask('U0OLAF', { kind: 'lock', service: 'checkout', because: 'audit' });
  await setMemory(0, 'backend_blue');

  await accept('U0RITA', 'blue');
  const { plan } = await bench.until('checkout-2', 'completed');

  expect(plan).toMatchObject({ kind: 'rollback', to: 'blue', takesBack: 'checkout-1' });
  expect(await memories()).toEqual(on('blue'));
});

test('a side that nobody has accepted before is an operator’s to accept, healthy and not held', async () => {
  await adoptedBlue();
  await setMemory(0, 'backend_green');

  const releasers = await accept('U0RITA', 'green');
  await bench.ask('U0OLAF', { kind: 'lock', service: 'checkout', because: 'audit' });
  const held = await accept('U0OLAF', 'green');
  await bench.ask('U0OLAF', { kind: 'unlock', service: 'checkout', because: 'done' });
  await disableOn(1, 'backend_green/g1');
  const dead = await accept('U0OLAF', 'green');
  const before = await memories();
  await fleet.node(1).ask('enable server backend_green/g1');
  await untilUp();
  await accept('U0OLAF', 'green');
  await bench.until('checkout-2', 'completed');

  const text = (pattern: RegExp) => ({ kind: 'refused', text: expect.stringMatching(pattern) });
  expect([releasers, held, dead]).toEqual([
    text(/^Refused: adopting a side needs the role operator/),
    text(/^Refused: @U0OLAF locked checkout .* `\/release adopt checkout green because <reason>`/),
    text(/^Refused: no server of backend_green is healthy on lb-2, so accepting green/),
  ]);
  expect(before).toEqual(['backend_green', 'backend_blue']);
  expect(await memories()).toEqual(on('green'));
});

test('an operator may accept the side that is a rollback; who only approves may not', async () => {
  await releasedToGreen();
  await setMemory(0, 'backend_blue');

  const refused = await accept('U0ANN', 'blue');
  const done = await accept('U0OLAF', 'blue');

  expect(refused).toMatchObject({
    kind: 'refused',
    text: expect.stringContaining('needs the role'),
  });
  expect(done).toMatchObject({ kind: 'done', text: expect.stringContaining('takes back') });
});

test('Re-apply needs a node that differs, and a side that can answer there', async () => {
  await releasedToGreen();

  const inSync = await reapply();
  await setMemory(1, 'backend_blue');
  await disableOn(1, 'backend_green/g1');
  const dead = await reapply();
  const before = await memories();
  await fleet.node(1).ask('enable server backend_green/g1');
  await untilUp();
  await reapply();
  await bench.until('checkout-2', 'completed');

  expect(inSync).toMatchObject({
    text: expect.stringContaining('every node is on green'),
    outdated: true,
  });
  expect(dead).toEqual({
    kind: 'refused',
    text: 'Refused: no server of backend_green is healthy on lb-2, so writing green there again would answer 503. Start green first and press again, go back with `/rollback checkout`, or an operator writes it anyway with `/release adopt checkout green because <reason>`.',
  });
  expect(before).toEqual(['backend_green', 'backend_blue']);
  expect(await memories()).toEqual(on('green'));
});

test('Re-apply leaves a value of another hand alone and calls for a person', async () => {
  await releasedToGreen();
  await setMemory(0, 'backend_blue');
  await setMemory(1, 'backend_blue2');

  await reapply();
  const { attention } = await bench.until('checkout-2', 'needs_attention');

  expect(attention?.why).toContain('lb-2: it holds backend_blue2');
  expect(await memories()).toEqual(['backend_green', 'backend_blue2']);
});

test('within a release, a side that cannot answer is not accepted', async () => {
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await setMemory(1, 'backend_blue');
  await bench.until('checkout-1', 'needs_attention');
  await disableOn(0, 'backend_blue/b1');
  await disableOn(1, 'backend_green/g1');

  const replies = [await accept('U0RITA', 'blue'), await accept('U0RITA', 'green')];

  expect(replies).toEqual([
    {
      kind: 'refused',
      text: expect.stringMatching(
        /backend_blue is healthy on lb-1, .*`\/rollback checkout override/,
      ),
    },
    {
      kind: 'refused',
      text: expect.stringMatching(
        /backend_green is healthy on lb-2, .*`\/release settle checkout-1 green because <reason>`/,
      ),
    },
  ]);
  expect(await memories()).toEqual(['backend_green', 'backend_blue']);
});
