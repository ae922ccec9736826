import { expect, test } from 'vitest';
import { runMeetings } from './meetings/run-meetings.ts';
import { kinds, playsOf } from './meetings/trouble.ts';

// All of them take an hour and more: `npm run kills` plays them on every route. Here is one play of each kind.
test.each([
  ['races', 'map', 'acceptance: rollback, after 4 lines accept'],
  ['killed races', 'map', 'completed: rollback, after 1 lines release;'],
  ['twice', 'map', 'completed: rollback, after 0 lines rollback of an operator'],
  ['slow', 'sessions-servers', 'acceptance: accept; 1 of the writes on node 1 late by 1050 ms'],
  ['held', 'servers', 'asked: approve; held'],
] as const)(
  '%s on route %s: %s',
  async (kind, route, only) => {
    const report = await runMeetings({ kind, route, only, lanes: 1, every: 1 });

    expect(report).toEqual({ plays: 1, lost: [], violations: [] });
  },
  120_000,
);

test('every kind has plays on every route, and no two of one name', () => {
  for (const kind of kinds) {
    for (const route of ['map', 'servers']) {
      const names = playsOf(kind, route).map(({ name }) => name);

      expect(names.length).toBeGreaterThan(9);
      expect(new Set(names).size).toBe(names.length);
    }
  }
});
