import { describe, expect, test } from 'vitest';
import type { Standing } from '../../src/engine/ports.ts';
import { type Deed, judge } from '../../src/policy/judge.ts';
import type { Role } from '../../src/release/roles.ts';
import { actor } from '../../src/release/vocabulary.ts';

const who = (role: Role | undefined, more: Partial<Standing> = {}): Standing => ({
  actor: actor('U0SOMEONE'),
  roles: new Set(role === undefined ? [] : (['viewer', role] as const)),
  membership: 'fresh',
  foreign: false,
  ...more,
});

/** The whole matrix: which roles may do what. */
const allowed: Readonly<Record<Deed, readonly Role[]>> = {
  release: ['releaser'],
  plan: ['releaser'],
  rollback: ['releaser'],
  accept: ['releaser'],
  abort: ['releaser'],
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

  test('on an old membership only going back goes on', () => {
    const verdict = judge(deed, who(allowed[deed][0], { membership: 'old' }));

    const goesOn = deed === 'rollback' || deed === 'abort' || deed === 'help';
    expect(verdict.kind).toBe(goesOn ? 'allowed' : 'refused');
  });

  test('with nothing read at all everything is refused, save for help', () => {
    const verdict = judge(deed, who(allowed[deed][0], { membership: 'unreadable' }));

    expect(verdict.kind).toBe(deed === 'help' ? 'allowed' : 'refused');
  });
});

test('a refusal names the role, the person and what to do', () => {
  const verdict = judge('release', who('viewer'));

  expect(verdict).toEqual({
    kind: 'refused',
    sentence:
      'Refused: asking for a release needs the role releaser, which @U0SOMEONE does not hold. Ask someone who does, or have it added under `roles.releaser` in the configuration.',
  });
});
