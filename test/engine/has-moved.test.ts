import { expect, test } from 'vitest';
import { hasMoved } from '../../src/engine/has-moved.ts';
import type { Draft, Entry, Happening } from '../../src/release/journal-entry.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';

const { plan } = aRelease();
const node = nodeName('lb-1');
type Row = Pick<Draft, 'what'> & Partial<Draft>;

/** Rows with the seqs 1, 2, ...: the intent towards green is 1 where there is one. */
function rows(...drafts: readonly Row[]): readonly Entry[] {
  return drafts.map((draft, i) => ({ ...draft, seq: i + 1 }) as Entry);
}

const intent = (to: 'blue' | 'green', before: string): Row => ({
  node,
  before,
  what: { kind: 'intent', effect: 'memory', to, why: 'switch' },
});
const result = (
  outcome: Extract<Happening, { kind: 'result' }>['outcome'],
  readback?: string,
): Row => ({
  node,
  ...(readback === undefined ? {} : { readback }),
  what: { kind: 'result', effect: 'memory', intent: 1, outcome, sentence: 'As it went.' },
});
const forth = intent('green', 'backend_blue');

test.each<readonly [string, readonly Row[], boolean]>([
  ['nothing was sent', [], false],
  ['the wire said no', [forth, result('refused')], false],
  ['an old worker took it', [forth, result('not_applied')], false],
  ['it was read back', [forth, result('applied', 'backend_green')], true],
  [
    'it was answered with yes, and the next reading shows blue',
    [forth, result('not_applied', 'backend_blue')],
    true,
  ],
  ['no answer came', [forth, result('unknown')], true],
  ['every node answered with yes', [forth, { what: { kind: 'switched', skewMs: 1 } }], true],
  [
    'it was written back from the new side',
    [forth, result('not_applied'), intent('blue', 'backend_green')],
    true,
  ],
  [
    'it was written back from something else',
    [forth, result('refused'), intent('blue', 'g1 off')],
    false,
  ],
])('%s', (_, drafts, moved) => {
  expect(hasMoved(rows(...drafts), plan)).toBe(moved);
});
