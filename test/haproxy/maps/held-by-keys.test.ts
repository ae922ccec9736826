import { expect, test } from 'vitest';
import { heldByKeys } from '../../../src/haproxy/maps/held-by-keys.ts';
import { heldWords } from '../../../src/release/held-words.ts';
import type { Held } from '../../../src/release/reading.ts';

const blue: Held = { kind: 'side', side: 'blue' };
const green: Held = { kind: 'side', side: 'green' };
const foreign: Held = { kind: 'foreign', value: 'purple' };
const missing: Held = { kind: 'missing' };
const twice: Held = { kind: 'duplicate', values: ['a', 'b'] };
const unreadable: Held = { kind: 'unreadable', why: 'no map' };

test.each<[string, readonly Held[], string, string]>([
  ['one key is what it is', [missing], 'missing', 'missing'],
  ['all on one side are that side', [green, green, green], 'side', 'green'],
  [
    'keys on both sides are neither',
    [blue, green, blue],
    'between',
    'neither side whole (blue for k0, k2, green for k1)',
  ],
  [
    'a missing key is missing, whatever the others',
    [blue, missing, green],
    'missing',
    'missing (k1)',
  ],
  [
    "another hand's value comes before a missing key",
    [foreign, missing, blue],
    'foreign',
    'k0 purple (neither side)',
  ],
  ['a key that stands there twice', [blue, twice], 'duplicate', 'twice in the map (k1: a, b)'],
  ['what cannot be read', [blue, unreadable, twice], 'unreadable', 'unreadable: k1: no map'],
])('%s', (_, helds, kind, words) => {
  const held = heldByKeys(helds.map((one, i) => ({ key: `k${i}`, held: one })));

  expect([held.kind, heldWords(held)]).toEqual([kind, words]);
});

test('of many keys some are named', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({
    key: `k${i}`,
    held: i === 0 ? green : blue,
  }));

  expect(heldWords(heldByKeys(many))).toBe(
    'neither side whole (blue for k1, k2, k3, k4, k5 and 34 more, green for k0)',
  );
});
