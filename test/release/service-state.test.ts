import { expect, test } from 'vitest';
import type { Draft } from '../../src/release/journal-entry.ts';
import type { Side } from '../../src/release/vocabulary.ts';
import { aRelease, type ReleaseRows } from '../support/journal-rows.ts';
import { aStore } from '../support/journal-store.ts';

// Where `/rollback` goes, by everything that may have happened before it. Releases are numbered as they come.

type Act = (number: number, on: Side) => { readonly rows: ReleaseRows; readonly on: Side };
const other = (side: Side): Side => (side === 'blue' ? 'green' : 'blue');

/** A release from the present side to the other one; `ends`: whether it stays there. */
function forward(end: (rows: ReleaseRows) => ReleaseRows, stays: boolean): Act {
  return (number, on) => ({
    rows: end(aRelease({ number, from: on }).requested()),
    on: stays ? other(on) : on,
  });
}
const preflight = { kind: 'stage_entered', stage: 'preflight' } as const;
const settled = (side: Side) => ({ kind: 'settled', side }) as const;
const settling = (side: Side, foreign?: 'kept') =>
  ({ kind: 'settling', side, reason: 'x', ...(foreign && { foreign }) }) as const;

const acts = {
  accepts: forward((rows) => rows.then(preflight).switched().accepted().ended(), true),
  aborts: forward(
    (rows) => rows.then(preflight).switched().goingBack('U0RITA').ended('aborted'),
    false,
  ),
  'is rolled back': forward(
    (rows) => rows.then(preflight).switched().goingBack().ended('rolled_back'),
    false,
  ),
  fails: forward((rows) => rows.then(preflight).ended('failed'), false),
  'rejects a request': forward((rows) => rows.ended('rejected'), false),
  'settles where it came from': (number, on) => {
    const rows = aRelease({ number, from: on }).requested().then(preflight).switched().accepted();
    return { rows: rows.then(settling(on)).then(settled(on)).ended('aborted'), on };
  },
  'takes back while it persists': (number, on) => {
    const rows = aRelease({ number, from: on }).requested().then(preflight).switched().accepted();
    return { rows: rows.then(settling(on, 'kept')).then(settled(on)).ended('aborted'), on };
  },
  'rolls back': (number, on) => ({
    rows: aRelease({ number, from: on, kind: 'rollback' }).requested().accepted().ended(),
    on: other(on),
  }),
  'adopts the other side': (number, on) => ({
    rows: aRelease({ number, from: on, kind: 'adopt' }).requested().accepted().ended(),
    on: other(on),
  }),
  're-applies': (number, on) => ({
    rows: aRelease({ number, from: other(on), kind: 'adopt' })
      .requested()
      .accepted()
      .ended(),
    on,
  }),
} satisfies Record<string, Act>;

function after(...said: readonly (keyof typeof acts)[]) {
  const store = aStore();
  const adopted = aRelease().adopted().drafts();
  let length = adopted.length;
  store.append(adopted);
  let on: Side = 'blue';
  said.forEach((act, i) => {
    const next = acts[act](i + 1, on);
    on = next.on;
    const drafts: readonly Draft[] = next.rows.drafts(length + 1);
    length += drafts.length;
    store.append(drafts);
  });
  const { accepted, wayBack, stable } = store.service('checkout');
  return { on: accepted?.side, wayBack, stable: stable?.kind };
}

test.each<readonly [readonly (keyof typeof acts)[], ReturnType<typeof after>]>([
  [[], { on: 'blue', wayBack: undefined, stable: undefined }],
  [
    ['accepts'],
    { on: 'green', wayBack: { to: 'blue', takesBack: 'checkout-1' }, stable: undefined },
  ],
  [
    ['accepts', 'accepts'],
    { on: 'blue', wayBack: { to: 'green', takesBack: 'checkout-2' }, stable: undefined },
  ],
  // Said once more it moves nothing, and a new release begins anew.
  [['accepts', 'rolls back'], { on: 'blue', wayBack: undefined, stable: 'taken_back' }],
  [
    ['accepts', 'rolls back', 'accepts'],
    { on: 'green', wayBack: { to: 'blue', takesBack: 'checkout-3' }, stable: undefined },
  ],
  // What did not stay there has changed what the other side is; what ended at a gate, or unapproved, has not.
  [['accepts', 'accepts', 'aborts'], { on: 'blue', wayBack: undefined, stable: 'begun' }],
  [['accepts', 'accepts', 'is rolled back'], { on: 'blue', wayBack: undefined, stable: 'begun' }],
  [
    ['accepts', 'accepts', 'fails'],
    { on: 'blue', wayBack: { to: 'green', takesBack: 'checkout-2' }, stable: undefined },
  ],
  [
    ['accepts', 'rejects a request'],
    { on: 'green', wayBack: { to: 'blue', takesBack: 'checkout-1' }, stable: undefined },
  ],
  // A side that somebody named is stable; the same side written again changes nothing.
  [['accepts', 'adopts the other side'], { on: 'blue', wayBack: undefined, stable: 'named' }],
  [
    ['accepts', 're-applies'],
    { on: 'green', wayBack: { to: 'blue', takesBack: 'checkout-1' }, stable: undefined },
  ],
  [
    ['accepts', 'rolls back', 're-applies'],
    { on: 'blue', wayBack: undefined, stable: 'taken_back' },
  ],
  [['settles where it came from'], { on: 'blue', wayBack: undefined, stable: 'named' }],
  [['takes back while it persists'], { on: 'blue', wayBack: undefined, stable: 'taken_back' }],
])('after somebody %j', (said, expected) => {
  expect(after(...said)).toEqual(expected);
});
