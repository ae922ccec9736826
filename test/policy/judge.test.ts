import { describe, expect, test } from 'vitest';
import type { Standing, UnreadGroup } from '../../src/engine/ports.ts';
import { type Deed, judge, readingFor } from '../../src/policy/judge.ts';
import type { Role } from '../../src/release/roles.ts';
import { actor } from '../../src/release/vocabulary.ts';

const who = (role: Role | undefined, more: Partial<Standing> = {}): Standing => ({
  actor: actor('U0SOMEONE'),
  roles: new Set(role === undefined ? [] : (['viewer', role] as const)),
  unread: [],
  foreign: false,
  ...more,
});

const unread = (role: Role, more: Partial<UnreadGroup> = {}): UnreadGroup => ({
  group: 'S0GONE',
  roles: [role],
  why: 'Slack answered with status 503',
  final: false,
  ...more,
});
const memberAt = '2026-11-20T00:00:00.000Z';

/** The whole matrix: which roles may do what. */
const allowed: Readonly<Record<Deed, readonly Role[]>> = {
  release: ['releaser'],
  plan: ['viewer', 'releaser', 'approver', 'operator'],
  rollback: ['releaser', 'operator'],
  accept: ['releaser'],
  abort: ['releaser', 'operator'],
  finish: ['releaser'],
  cancel: ['releaser', 'approver', 'operator'],
  approve: ['approver'],
  wait: ['releaser'],
  shut_down_sessions: ['releaser'],
  settle: ['operator'],
  adopt: ['operator'],
  reapply: ['releaser'],
  accept_side: ['releaser', 'operator'],
  drain: ['operator'],
  maint: ['operator'],
  ready: ['operator'],
  turn_server: ['releaser', 'operator'],
  lock: ['operator'],
  unlock: ['operator'],
  status: ['viewer', 'releaser', 'approver', 'operator'],
  history: ['viewer', 'releaser', 'approver', 'operator'],
  at: ['viewer', 'releaser', 'approver', 'operator'],
  help: ['viewer', 'releaser', 'approver', 'operator'],
  override: ['operator'],
};
const deeds = Object.keys(allowed) as Deed[];
const everyRole = ['viewer', 'releaser', 'approver', 'operator'] as const;

describe.each(deeds)('%s', (deed) => {
  test.each(everyRole)('as %s', (role) => {
    const verdict = judge(deed, who(role));

    expect(verdict.kind).toBe(allowed[deed].includes(role) ? 'allowed' : 'refused');
  });

  test('without any role is refused, save for help', () => {
    expect(judge(deed, who(undefined)).kind).toBe(deed === 'help' ? 'allowed' : 'refused');
  });

  test('from another organisation is refused, save for help', () => {
    const verdict = judge(deed, who(allowed[deed][0], { foreign: true }));

    expect(verdict.kind).toBe(deed === 'help' ? 'allowed' : 'refused');
  });

  test('through a group that cannot be read now, only going back goes on, by its last reading', () => {
    const groups = allowed[deed].map((role) => unread(role, { memberAt }));
    const verdict = judge(deed, who(undefined, { unread: groups }));

    const goesOn = deed === 'rollback' || deed === 'abort' || deed === 'help';
    expect(verdict.kind).toBe(goesOn ? 'allowed' : 'refused');
  });

  test('through a group of which nothing is known nothing goes on, save for help', () => {
    const groups = allowed[deed].map((role) => unread(role));
    const verdict = judge(deed, who(undefined, { unread: groups }));

    expect(verdict.kind).toBe(deed === 'help' ? 'allowed' : 'refused');
  });

  test('what is held by name is held, whatever group cannot be read', () => {
    const [role = 'viewer'] = allowed[deed];
    const groups = everyRole.filter((other) => other !== role).map((other) => unread(other));

    expect(judge(deed, who(role, { unread: groups }))).toEqual({ kind: 'allowed' });
  });

  test('groups are read afresh for what gives power', () => {
    const rests = ['rollback', 'abort', 'plan', 'status', 'history', 'at', 'help'];

    expect(readingFor(deed)).toBe(rests.includes(deed) ? 'recent' : 'fresh');
  });
});

test('a group that is in the way is named with Slack’s word, and waiting is recommended only where it helps', () => {
  const passing = judge('approve', who('viewer', { unread: [unread('approver')] }));
  const gone = unread('approver', { why: 'Slack refused with no_such_subteam', final: true });
  const final = judge('approve', who('viewer', { unread: [gone] }));
  const none = judge('approve', who('viewer', { unread: [unread('operator', { final: true })] }));

  expect([passing, final, none]).toEqual([
    {
      kind: 'refused',
      sentence:
        'Refused: approving a release needs the role approver, which @U0SOMEONE could hold only through a user group that cannot be read. S0GONE: Slack answered with status 503. Only rollback and abort go on, on a membership read in the last 24 hours. Try again in a minute; on the host, `pointsman` answers too.',
    },
    {
      kind: 'refused',
      sentence:
        'Refused: approving a release needs the role approver, which @U0SOMEONE could hold only through a user group that cannot be read. S0GONE: Slack refused with no_such_subteam. Waiting does not help.',
    },
    {
      kind: 'refused',
      sentence:
        'Refused: approving a release needs the role approver, which @U0SOMEONE does not hold. Ask someone who does, or have it added under `roles.approver` in the configuration.',
    },
  ]);
});

test('a refusal names the role, the person and what to do', () => {
  const verdict = judge('release', who('viewer'));

  expect(verdict).toEqual({
    kind: 'refused',
    sentence:
      'Refused: asking for a release needs the role releaser, which @U0SOMEONE does not hold. Ask someone who does, or have it added under `roles.releaser` in the configuration.',
  });
});
