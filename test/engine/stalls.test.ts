import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ReleaseState } from '../../src/release/states.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { holdEventLoop } from '../support/hold-event-loop.ts';
import { Bench, checkoutOn } from './bench.ts';

// What holds the loop in earnest is a commit on a disk that stalls. The bench gives a node 1 s to answer.
const stallMs = 1_600;

let fleet: TestFleet;
let bench: Bench;
let failpoint: (name: string) => void;

beforeAll(async () => {
  // The applications live in this process: their checks would fail while it is held.
  fleet = await aFleet().withNodes(2).withoutChecks().start();
});

beforeEach(async () => {
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
  failpoint = () => undefined;
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn(fleet, { approval }), { failpoint: (name) => failpoint(name) });
});

afterEach(() => bench.end());
afterAll(() => fleet.end());

/** Holds the loop once: right behind what is sent, or written, at this point of this state. */
function holdAt(state: ReleaseState, when: RegExp): { readonly times: number } {
  const held = { times: 0 };
  failpoint = (name) => {
    if (held.times > 0 || !when.test(name)) return;
    if (bench.store.release('checkout-1')?.state !== state) return;
    held.times += 1;
    if (name.startsWith('journal:')) holdEventLoop(stallMs);
    else queueMicrotask(() => holdEventLoop(stallMs));
  };
  return held;
}

const outcomes = () =>
  bench.store
    .rowsOf('checkout-1')
    .flatMap(({ what }) => (what.kind === 'result' ? [what.outcome] : []));

test.each<[ReleaseState, RegExp]>([
  ['preflight', /^cli:before:show-info/],
  ['switching', /^cli:before:show-info/],
  ['switching', /^journal:inside:intent/],
  ['switching', /^cli:before:set-map/],
  ['switching', /^journal:inside:switched/],
  ['verifying', /^cli:before:show-info/],
  ['verifying', /^journal:inside:/],
  ['smoking', /^cli:before:show-info/],
  ['smoking', /^journal:inside:/],
])(
  'a loop held for longer than a node may be silent, in %s at %s: it goes on',
  async (state, when) => {
    const held = holdAt(state, when);

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(held.times).toBe(1);
    expect(outcomes()).toEqual(['applied', 'applied']);
    expect(await Promise.all(fleet.nodes.map((node) => node.memory()))).toEqual([
      'backend_green',
      'backend_green',
    ]);
  },
);
