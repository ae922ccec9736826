import { expect, test } from 'vitest';
import type { Standing } from '../../src/engine/ports.ts';
import { type ExecutionFacts, mayExecute } from '../../src/policy/may-execute.ts';
import { foldRelease } from '../../src/release/fold-release.ts';
import type { Draft } from '../../src/release/journal-entry.ts';
import type { Release } from '../../src/release/release.ts';
import type { Role } from '../../src/release/roles.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { aRelease, type ReleaseRows } from '../support/journal-rows.ts';

// U0ANN asks, U0BEN approves; one approval is needed.

function folded(rows: ReleaseRows): Release {
  const entries = rows.drafts().map((draft: Draft, i) => ({
    ...draft,
    seq: i + 1,
    instant: { at: '2026-11-20T00:00:00.000Z', boot: 'b', mono: i },
    configDigest: 'c'.repeat(64),
    prev: '',
    hash: '',
  }));
  const release = entries.reduce<Release | undefined>(foldRelease, undefined);
  if (release === undefined) throw new Error('no release');
  return release;
}

const standing = (who: string, role: Role, more: Partial<Standing> = {}) =>
  [
    actor(who),
    { actor: actor(who), roles: new Set([role]), unread: [], foreign: false, ...more },
  ] as const;

function facts(more: Partial<ExecutionFacts> = {}): ExecutionFacts {
  return {
    release: folded(aRelease().requested().approved()),
    standings: new Map([standing('U0ANN', 'releaser'), standing('U0BEN', 'approver')]),
    hold: undefined,
    channelAwayMs: 0,
    journalFault: undefined,
    personOf: (who) => who,
    ...more,
  };
}

const approved = { kind: 'approved', roles: ['approver'] } as const;
const missing = '0 of 1 needed approvals of this very plan are there';

test('a plan with its approval, by people who still may, is carried out', () => {
  expect(mayExecute(facts())).toBeUndefined();
});

test('an approval of another plan does not count', () => {
  const rows = aRelease()
    .requested()
    .then(approved, 'U0BEN', { planDigest: 'f'.repeat(64) });

  expect(mayExecute(facts({ release: folded(rows) }))).toBe(missing);
});

test('the own approval does not count, whatever the journal holds', () => {
  const both: Standing = {
    ...standing('U0ANN', 'approver')[1],
    roles: new Set(['releaser', 'approver']),
  };
  const release = folded(aRelease().requested().approved('U0ANN'));

  expect(mayExecute(facts({ release, standings: new Map([[actor('U0ANN'), both]]) }))).toBe(
    missing,
  );
});

test.each<readonly [string, Partial<ExecutionFacts>, string]>([
  [
    'the requester lost the role',
    { standings: new Map([standing('U0ANN', 'viewer'), standing('U0BEN', 'approver')]) },
    '@U0ANN asked for it, and no longer holds the role releaser',
  ],
  [
    'the approver lost the role',
    { standings: new Map([standing('U0ANN', 'releaser'), standing('U0BEN', 'viewer')]) },
    '@U0BEN approved it, and no longer holds the role approver',
  ],
  [
    'memberships are old',
    {
      standings: new Map([
        standing('U0ANN', 'releaser'),
        standing('U0BEN', 'viewer', {
          unread: [
            { group: 'S0LEADS', roles: ['approver'], why: 'Slack refused with x', final: true },
          ],
        }),
      ]),
    },
    '@U0BEN approved it, and the role approver cannot be confirmed, because the user group S0LEADS cannot be read: Slack refused with x',
  ],
  [
    'the service is locked',
    { hold: { by: actor('U0OLAF'), at: '2026-11-20T00:00:00.000Z', reason: 'Black Friday' } },
    '@U0OLAF locked checkout since 2026-11-20T00:00:00.000Z (Black Friday); free it with `/release unlock checkout because <reason>`',
  ],
  [
    'the journal does not verify',
    { journalFault: 'Row 7 is the first bad row.' },
    'the journal does not verify, so what was approved cannot be proved: Row 7 is the first bad row.',
  ],
  ['the approver is the requester at another door', { personOf: () => actor('ann') }, missing],
  [
    'nobody could be told for more than a minute',
    { channelAwayMs: 61_000 },
    'the release channel has been out of reach for 61 s, so nobody could be told',
  ],
])('refused where %s', (_, more, sentence) => {
  expect(mayExecute(facts(more))).toBe(sentence);
});
