import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../demo/slack/local-slack.ts';
import { startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import type { Clock, Standing } from '../../src/engine/ports.ts';
import type { Role } from '../../src/release/roles.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { botClient } from '../../src/slack/bot-client.ts';
import { Groups } from '../../src/slack/groups.ts';
import { standingBySlack } from '../../src/slack/standing.ts';

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

function standing(wish = roles, foreign = false) {
  const log = pino({ level: 'silent' });
  const client = botClient({
    botToken: local.botToken,
    slackApiUrl: local.apiUrl,
    timeoutMs: 3_000,
    ending: new AbortController().signal,
    log,
  });
  const groups = new Groups({ client, clock, log });
  const people = { knownForeign: () => Promise.resolve(foreign) };
  const standingOf = standingBySlack({ roles: wish, groups, people });
  return (user: string) => standingOf(actor(user));
}

function stands(user: string, held: readonly Role[], more: Partial<Standing> = {}): Standing {
  return {
    actor: actor(user),
    roles: new Set(held),
    membership: 'fresh',
    foreign: false,
    ...more,
  };
}

const reads = () => local.calls.filter(({ method }) => method === 'usergroups.users.list').length;
const readAt = '2026-03-01T12:00:00.000Z';

test('roles come from user ids, user groups and everybody', async () => {
  const of = standing();

  expect(await of('U0RITA')).toEqual(stands('U0RITA', ['viewer', 'releaser'], { readAt }));
  expect(await of('U0ANN')).toEqual(stands('U0ANN', ['viewer', 'approver'], { readAt }));
  expect(await of('U0SAM')).toEqual(stands('U0SAM', ['viewer'], { readAt }));
});

test('every role includes viewer, and operator does not include approver', async () => {
  const of = standing({ ...roles, viewer: [], approver: [] });

  expect(await of('U0OLAF')).toEqual(stands('U0OLAF', ['operator', 'viewer'], { readAt }));
  expect(await of('U0SAM')).toEqual(stands('U0SAM', [], { readAt }));
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

test.each([
  ['fails', { status: 503 }],
  ['hangs', { hang: true }],
  ['asks to slow down', { retryAfter: 30 }],
] as const)(
  'while Slack %s, the last reading serves for a day and is called old',
  async (_name, fault) => {
    const of = standing();
    await of('U0RITA');
    local.faults.down(fault);

    minutes = 6;
    const old = stands('U0RITA', ['viewer', 'releaser'], { membership: 'old', readAt });
    expect(await of('U0RITA')).toEqual(old);
    minutes = 23 * 60;
    expect(await of('U0RITA')).toEqual(old);
    minutes = 24 * 60;
    expect(await of('U0RITA')).toEqual(stands('U0RITA', ['viewer'], { membership: 'old' }));
    const strict = standing({ ...roles, viewer: [] });
    expect(await strict('U0RITA')).toEqual(stands('U0RITA', [], { membership: 'unreadable' }));
  },
);

test('after a failure nobody waits for the same group again at once', async () => {
  const of = standing();
  local.faults.down();

  await of('U0RITA');
  await of('U0RITA');

  expect(reads()).toBe(2);
});

test('a workspace that has no user groups leaves only those named by id', async () => {
  local.paidPlan = false;
  const of = standing({ ...roles, viewer: [] });

  expect(await of('U0RITA')).toEqual(stands('U0RITA', [], { membership: 'unreadable' }));
  expect(await of('U0OLAF')).toEqual(
    stands('U0OLAF', ['approver', 'operator', 'viewer'], { membership: 'old' }),
  );
});

test('people of another installation hold no role, not even that of everybody', async () => {
  const of = standing(roles, true);

  expect(await of('U0FAR')).toEqual(stands('U0FAR', [], { foreign: true }));
  expect(reads()).toBe(0);
});
