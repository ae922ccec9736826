import { expect, test } from 'vitest';
import type { Standing } from '../../src/engine/ports.ts';
import { personOf, standingOfBoth } from '../../src/policy/same-person.ts';
import { actor } from '../../src/release/vocabulary.ts';

const config = {
  people: new Map([['cli:ann', 'U0ANN']]),
  roles: { viewer: [], releaser: ['cli:ann'], approver: [], operator: [] },
};
const inSlack = (more: Partial<Standing> = {}): Standing => ({
  actor: actor('U0ANN'),
  roles: new Set(['viewer', 'operator']),
  unread: [],
  foreign: false,
  ...more,
});

test('a mapped person of the command line is their Slack self', () => {
  expect(personOf(config, actor('cli:ann'))).toBe('U0ANN');
  expect(personOf(config, actor('cli:bob'))).toBe('cli:bob');
  expect(personOf(config, actor('U0ANN'))).toBe('U0ANN');
});

test('both selves together hold what either holds', () => {
  expect([...standingOfBoth(config, actor('cli:ann'), inSlack()).roles].sort()).toEqual([
    'operator',
    'releaser',
    'viewer',
  ]);
});

test('what Slack does not tell takes nothing of the lists away, and is still open', () => {
  const why = 'Slack answered with status 503';
  const standing = standingOfBoth(
    config,
    actor('cli:ann'),
    inSlack({
      roles: new Set(),
      unread: [
        { group: 'S0OPS', roles: ['viewer', 'operator'], why, final: false },
        { group: 'S0RELEASERS', roles: ['viewer', 'releaser'], why, final: false },
      ],
    }),
  );

  expect(standing).toEqual({
    actor: 'cli:ann',
    roles: new Set(['viewer', 'releaser']),
    unread: [{ group: 'S0OPS', roles: ['operator'], why, final: false }],
    foreign: false,
  });
});
