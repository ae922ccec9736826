import { expect, test } from 'vitest';
import { memoryOf } from '../../../src/haproxy/maps/memory.ts';
import type { Lookup } from '../../../src/haproxy/replies/get-map.ts';
import type { Held } from '../../../src/release/reading.ts';
import { twoBackends } from '../../support/two-backends.ts';

const target = { keys: ['active'], ...twoBackends, nodes: [] };
const blue = { kind: 'found', value: 'backend_blue' } as const;
const missing = { kind: 'not_found' } as const;

function held(lookup: Lookup, listed?: readonly string[], unread?: string): Held {
  return memoryOf({
    lookups: new Map([['active', lookup]]),
    listed: listed && new Map([['active', listed]]),
    unread,
    target,
  });
}

test('a lookup alone tells the side', () => {
  expect(held(blue)).toEqual({ kind: 'side', side: 'blue' });
  expect(held(missing)).toEqual({ kind: 'missing' });
});

test('list and lookup agree', () => {
  expect(held(blue, ['backend_blue'])).toEqual({ kind: 'side', side: 'blue' });
  expect(held(blue, ['backend_blue', 'backend_blue'])).toEqual({
    kind: 'duplicate',
    values: ['backend_blue', 'backend_blue'],
  });
  expect(held(missing, [])).toEqual({ kind: 'missing' });
});

test('where patterns may hide the entry the list counts', () => {
  const lookup = { kind: 'unsure' } as const;

  expect(held(lookup, ['backend_green'])).toEqual({ kind: 'side', side: 'green' });
  expect(held(lookup, [])).toEqual({ kind: 'missing' });
  expect(held(lookup, undefined, 'the map is too large')).toEqual({
    kind: 'unreadable',
    why: 'the map is too large',
  });
});

test('lookups of several kinds that differ are told', () => {
  const words = 'type=beg finds a, type=str finds nothing';

  expect(held({ kind: 'differ', words })).toEqual({
    kind: 'unreadable',
    why: `the configuration looks the map up in several ways, and for active ${words}`,
  });
});

test.each([
  [
    ['backend_blue'],
    { kind: 'found', value: 'backend_green' },
    '"backend_blue"',
    '"backend_green"',
  ],
  [['backend_blue'], missing, '"backend_blue"', 'nothing'],
  [[], blue, 'nothing', '"backend_blue"'],
] as const)('list and lookup contradict each other: %j, %j', (listed, lookup, first, found) => {
  expect(held(lookup, listed)).toEqual({
    kind: 'unreadable',
    why: `the map lists ${first} for active, a lookup finds ${found}`,
  });
});
