import nock from 'nock';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/engine/ports.ts';
import { botClient } from '../../src/slack/bot-client.ts';
import { Installation } from '../../src/slack/installation.ts';
import { People } from '../../src/slack/people.ts';
import { Reach } from '../../src/slack/reach.ts';

const api = 'http://127.0.0.1:1';
const clock: Clock = {
  now: () => ({ at: '2026-03-01T12:00:00.000Z', boot: 'boot', mono: 0 }),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Slack as it answers about this installation and this person. */
async function peopleOf(auth: object, person: object | 'silent'): Promise<People> {
  const log = pino({ level: 'silent' });
  const client = botClient({
    botToken: 'xoxb-test',
    slackApiUrl: `${api}/api/`,
    timeoutMs: 10_000,
    ending: new AbortController().signal,
    log,
  });
  nock(api)
    .post('/api/auth.test')
    .reply(200, { ok: true, user_id: 'U0BOT', ...auth });
  const told = nock(api).persist().post('/api/users.info');
  if (person === 'silent') told.reply(503, '');
  else told.reply(200, { ok: true, user: { id: 'U0ANN', tz: 'Asia/Tokyo', ...person } });
  const reach = new Reach(clock, ['api']);
  const installation = new Installation({ client, clock, reach, log });
  await installation.ask();
  return new People({ client, clock, installation });
}

const grid = { team_id: 'T0HOME', enterprise_id: 'E0ORG' };
const single = { team_id: 'T0HOME' };
const colleague = { team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0ORG' } };
const stranger = { team_id: 'T0FAR', enterprise_user: { enterprise_id: 'E0FAR' } };

test.each([
  ['of the same workspace', single, 'T0HOME', 'silent', 'here'],
  ['of another workspace', single, 'T0FAR', colleague, 'elsewhere'],
  ['of the same workspace in a grid', grid, 'T0HOME', 'silent', 'here'],
  ['of the grid itself', grid, 'E0ORG', 'silent', 'here'],
  ['of a sister workspace in the grid', grid, 'T0OTHER', colleague, 'here'],
  ['of another grid', grid, 'T0FAR', stranger, 'elsewhere'],
  ['of another workspace in a grid that does not answer', grid, 'T0OTHER', 'silent', 'unknown'],
  ['of a workspace nobody named', single, undefined, { team_id: 'T0HOME' }, 'here'],
  ['of a workspace nobody named, from elsewhere', single, undefined, stranger, 'elsewhere'],
  ['of whom nothing can be known', single, undefined, 'silent', 'unknown'],
] as const)('somebody %s is at home here or not', async (_who, auth, team, person, home) => {
  const people = await peopleOf(auth, person);

  const caller = { user: 'U0ANN', ...(team === undefined ? {} : { team }) };

  expect((await people.homeOf(caller)).kind).toBe(home);
  expect(await people.knownForeign('U0ANN')).toBe(home === 'elsewhere');
  nock.cleanAll();
});

test('a zone is known after one question, and UTC where Slack does not answer in time', async () => {
  const people = await peopleOf(single, { team_id: 'T0HOME' });
  expect(await people.timezoneOf('U0ANN', 0)).toBe('UTC');
  expect(await people.timezoneOf('U0ANN', 1_000)).toBe('Asia/Tokyo');
  expect(await people.timezoneOf('U0ANN', 0)).toBe('Asia/Tokyo');
  nock.cleanAll();

  const silent = await peopleOf(single, 'silent');
  expect(await silent.timezoneOf('U0ANN', 50)).toBe('UTC');
  nock.cleanAll();
});
