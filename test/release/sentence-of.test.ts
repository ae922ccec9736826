import { expect, test } from 'vitest';
import type { Draft, Entry, Happening } from '../../src/release/journal-entry.ts';
import { sentenceOf } from '../../src/release/sentence-of.ts';
import { actor, nodeName } from '../../src/release/vocabulary.ts';

const instant = { at: '2026-11-20T10:00:00.000Z', boot: 'b', mono: 1 };

function said(what: Happening, more: Partial<Draft> = { release: 'checkout-42' }): string {
  const entry: Entry = {
    actor: actor('U0ANN'),
    seq: 1,
    instant,
    configDigest: '',
    prev: '',
    hash: '',
    what,
    ...more,
  };
  return sentenceOf(entry);
}

test('an effect says where, what, from where to where, and how it ended', () => {
  const place = {
    release: 'checkout-42',
    node: nodeName('lb-1'),
    before: 'backend_blue',
    after: 'backend_green',
  };
  const result = { kind: 'result', effect: 'memory', intent: 3, sentence: 'Read back.' } as const;

  expect([
    said({ kind: 'intent', effect: 'memory', to: 'green', why: 'switch' }, place),
    said({ ...result, outcome: 'applied' }, place),
    said({ ...result, outcome: 'not_applied' }, { release: 'checkout-42', node: nodeName('lb-1') }),
    said({ ...result, kind: 'reconciled', found: { kind: 'missing' } }, place),
  ]).toEqual([
    'checkout-42: lb-1 memory backend_blue → backend_green, intended (switch)',
    'checkout-42: lb-1 memory backend_blue → backend_green, applied. Read back.',
    'checkout-42: lb-1 memory, not applied. Read back.',
    'checkout-42: lb-1 memory read again: missing',
  ]);
});

test('rows of a service and of the program have their own subject', () => {
  expect([
    said({ kind: 'held', reason: 'audit' }, { service: 'checkout' }),
    said({ kind: 'started', pid: 7, host: 'ops-1', program: 'pointsman 0.1.0' }, {}),
    said({ kind: 'ended', state: 'rolled_back', sentence: 'Errors rose.', durationMs: 65_400 }),
  ]).toEqual([
    'checkout: locked: audit',
    'pointsman 0.1.0 started as process 7 on ops-1',
    'checkout-42: Rolled back after 65 s. Errors rose.',
  ]);
});

test('gates say how many held and name those that did not', () => {
  const gates = [
    { gate: 'healthy', result: 'successful', sentence: 'Yes.' },
    { gate: 'capacity', result: 'failed', sentence: '3 of 9.' },
  ] as const;

  expect(said({ kind: 'smoked', gates })).toBe(
    'checkout-42: 1 of 2 checks successful; capacity failed: 3 of 9.',
  );
});
