import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../demo/slack/local-slack.ts';
import { startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import type { Clock, MembershipReading, Standing, UnreadGroup } from '../../src/engine/ports.ts';
import type { Role } from '../../src/release/roles.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { botClient } from '../../src/slack/bot-client.ts';
import { Groups } from '../../src/slack/groups.ts';
import { standingBySlack } from '../../src/slack/standing.ts';
import { waitUntil } from '../support/wait-until.ts';

let local: LocalSlack;
let minutes = 0;

const clock: Clock = {
  now: () => ({
    at: new Date(Date.parse('2026-03-01T12:00:00Z') + minutes * 60_000).toISOString(),
    boot: 'boot',
    mono: minutes * 60_000,
  }),
  sleep: () => Promise.resolve(),
};

beforeEach(async () => {
  minutes = 0;
  local = await startLocalSlack();
});

afterEach(() => local.close());

const roles = {
  viewer: ['*'],
  releaser: ['S0RELEASERS', 'cli:deploy'],
  approver: ['S0LEADS', 'U0OLAF'],
  operator: ['U0OLAF'],
};

function clientOf(timeoutMs: number) {
  return botClient({
    botToken: local.botToken,
    slackApiUrl: local.apiUrl,
    timeoutMs,
    ending: new AbortController().signal,
    log: pino({ level: 'silent' }),
  });
}

function standing(wish: typeof roles = roles, { foreign = false, timeoutMs = 20_000 } = {}) {
  const groups = new Groups({ client: clientOf(timeoutMs), clock, log: pino({ level: 'silent' }) });
  const people = { knownForeign: () => Promise.resolve(foreign) };
  const standingOf = standingBySlack({ roles: wish, groups, people });
  return (user: string, reading: MembershipReading = 'recent') => standingOf(actor(user), reading);
}

function stands(user: string, held: readonly Role[], more: Partial<Standing> = {}): Standing {
  return {
    actor: actor(user),
    roles: new Set(held),
    unread: [],
    foreign: false,
    ...more,
  };
}

const reads = () => local.calls.filter(({ method }) => method === 'usergroups.users.list').length;
const readAt = '2026-03-01T12:00:00.000Z';

test('roles come from user ids, user groups and everybody', async () => {
  const of = standing();

  expect(await of('U0RITA')).toEqual(stands('U0RITA', ['viewer', 'releaser']));
  expect(await of('U0ANN')).toEqual(stands('U0ANN', ['viewer', 'approver']));
  expect(await of('U0SAM')).toEqual(stands('U0SAM', ['viewer']));
});

test('every role includes viewer, and operator does not include approver', async () => {
  const of = standing({ ...roles, viewer: [], approver: [] });

  expect(await of('U0OLAF')).toEqual(stands('U0OLAF', ['operator', 'viewer']));
  expect(await of('U0SAM')).toEqual(stands('U0SAM', []));
});

test('people of the command line are in no group, and none is read for them', async () => {
  const of = standing();

  expect(await of('cli:deploy')).toEqual(stands('cli:deploy', ['viewer', 'releaser']));
  expect(reads()).toBe(0);
});

test('only groups that could add a role are read, and each once in five minutes', async () => {
  const of = standing();

  await of('U0OLAF');
  expect(reads()).toBe(1);
  await Promise.all([of('U0RITA'), of('U0RITA'), of('U0ANN')]);
  expect(reads()).toBe(2);
  minutes = 4;
  local.setGroup('S0RELEASERS', []);
  expect((await of('U0RITA')).roles.has('releaser')).toBe(true);
  minutes = 6;
  expect((await of('U0RITA')).roles.has('releaser')).toBe(false);
});

const whys = {
  fails: 'Slack answered with status 503',
  hangs: 'Slack did not answer: The operation was aborted due to timeout',
  'asks to slow down': 'Slack asks to wait 30 s',
};

test.each([
  ['fails', { status: 503 }],
  ['hangs', { hang: true }],
  ['asks to slow down', { retryAfter: 30 }],
] as const)(
  'while Slack %s, nothing is certain through a group, and its last reading is kept for a day',
  async (name, fault) => {
    const timeoutMs = name === 'hangs' ? 1_000 : 20_000;
    const of = standing(roles, { timeoutMs });
    await waitUntil(async () => (await of('U0RITA')).roles.has('releaser'));
    local.faults.down(fault);
    const releasers: UnreadGroup = {
      group: 'S0RELEASERS',
      roles: ['releaser'],
      why: expect.stringContaining(whys[name].slice(0, 20)),
      final: false,
      memberAt: readAt,
    };
    const leads = { ...releasers, group: 'S0LEADS', roles: ['approver'] };
    const { memberAt: _at, ...never } = leads as UnreadGroup;

    minutes = 6;
    expect(await of('U0RITA')).toEqual(
      stands('U0RITA', ['viewer'], { unread: [releasers, never] }),
    );
    minutes = 23 * 60;
    expect((await of('U0RITA')).unread[0]).toEqual(releasers);
    minutes = 24 * 60;
    expect((await of('U0RITA')).unread[0]).not.toHaveProperty('memberAt');
  },
);

test('what gives power reads the groups afresh: who was taken out a moment ago holds the role no more', async () => {
  const of = standing();
  await of('U0RITA');
  local.setGroup('S0RELEASERS', []);

  const recent = await of('U0RITA', 'recent');
  const fresh = await of('U0RITA', 'fresh');
  local.faults.down();
  const unread = await of('U0RITA', 'fresh');

  expect(recent.roles.has('releaser')).toBe(true);
  expect(fresh.roles.has('releaser')).toBe(false);
  expect(unread.roles.has('releaser')).toBe(false);
  expect(unread.unread[0]).toMatchObject({ group: 'S0RELEASERS', roles: ['releaser'] });
});

test.each([
  ['no_such_subteam', /no_such_subteam \(the group was disabled or deleted/],
  ['missing_scope', /missing_scope \(the app lacks the scope usergroups:read; add it/],
  ['account_inactive', /account_inactive \(the app or its workspace was disabled/],
  ['plan_upgrade_required', /plan_upgrade_required \(user groups need a paid plan/],
  ['access_denied', /^Slack refused with access_denied$/],
])(
  'a group that answers %s takes away only what comes through it, and is told as gone',
  async (error, why) => {
    const log = pino({ level: 'silent' });
    const groups = new Groups({ client: clientOf(20_000), clock, log });
    const lists = { ...roles, approver: ['S0GONE', 'U0OLAF'] };
    const people = { knownForeign: () => Promise.resolve(false) };
    const of = standingBySlack({ roles: lists, groups, people });
    if (error !== 'no_such_subteam') {
      local.faults.failNext('usergroups.users.list', { error }, 1);
    }

    const gone = await groups.membersOf('S0GONE', 'fresh');
    const rita = await of(actor('U0RITA'), 'fresh');
    const olaf = await of(actor('U0OLAF'), 'fresh');

    expect(gone).toEqual({ kind: 'unread', why: expect.stringMatching(why), final: true });
    expect([...groups.gone]).toEqual([['S0GONE', expect.stringMatching(why)]]);
    expect(rita).toMatchObject({
      roles: new Set(['viewer', 'releaser']),
      unread: [{ group: 'S0GONE', roles: ['approver'], final: true }],
    });
    expect(olaf.roles).toEqual(new Set(['viewer', 'approver', 'operator']));
  },
);

test('after a failure nobody waits for the same group again at once', async () => {
  const of = standing();
  local.faults.down();

  await of('U0RITA');
  await of('U0RITA');

  expect(reads()).toBe(2);
});

test('people of another installation hold no role, not even that of everybody', async () => {
  const of = standing(roles, { foreign: true });

  expect(await of('U0FAR')).toEqual(stands('U0FAR', [], { foreign: true }));
  expect(reads()).toBe(0);
});
