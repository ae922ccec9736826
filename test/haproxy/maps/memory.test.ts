import { expect, test } from 'vitest';
import { memoryOf, sharedKeys } from '../../../src/haproxy/maps/memory.ts';
import { twoBackends } from '../../support/two-backends.ts';

const target = {
  kind: 'map',
  keys: ['active'],
  ...twoBackends,
  nodes: [],
} as const;
const listing = (...entries: { key: string; value: string }[]) =>
  ({ kind: 'entries', entries, strays: [] }) as const;
const blue = { key: 'active', value: 'backend_blue' };

test('list and lookup agree', () => {
  const lookup = { kind: 'found', value: 'backend_blue' } as const;

  expect(memoryOf({ content: listing(blue), lookups: [lookup], target })).toEqual({
    kind: 'side',
    side: 'blue',
  });
  expect(memoryOf({ content: listing(blue, blue), lookups: [lookup], target })).toEqual({
    kind: 'duplicate',
    values: ['backend_blue', 'backend_blue'],
  });
  expect(memoryOf({ content: listing(), lookups: [{ kind: 'not_found' }], target })).toEqual({
    kind: 'missing',
  });
});

test.each([
  [listing(blue), { kind: 'found', value: 'backend_green' }, '"backend_blue"', '"backend_green"'],
  [listing(blue), { kind: 'not_found' }, '"backend_blue"', 'nothing'],
  [listing(), { kind: 'found', value: 'backend_blue' }, 'nothing', '"backend_blue"'],
] as const)('list and lookup contradict each other: %j, %j', (content, lookup, listed, found) => {
  expect(memoryOf({ content, lookups: [lookup], target })).toEqual({
    kind: 'unreadable',
    why: `the map lists ${listed} for active, a lookup finds ${found}`,
  });
});

test('keys that name one of the two backends share its counters', () => {
  const api = { key: 'api', value: 'backend_green' };
  const web = { key: 'web', value: 'backend_web' };

  expect(sharedKeys(listing(blue, api, api, web), target)).toEqual(['api']);
  expect(sharedKeys({ kind: 'refused', words: 'Permission denied' }, target)).toEqual([]);
});
