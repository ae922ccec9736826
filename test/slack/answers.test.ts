import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../demo/slack/local-slack.ts';
import { startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { Answers } from '../../src/slack/answers.ts';
import { botClient } from '../../src/slack/bot-client.ts';
import { message, section } from '../../src/slack/message.ts';
import { namesAsWritten } from '../../src/slack/name-commands.ts';
import { freePort } from '../support/free-port.ts';

let local: LocalSlack;
let answers: Answers;

beforeEach(async () => {
  local = await startLocalSlack();
  const log = pino({ level: 'silent' });
  const client = botClient({
    botToken: local.botToken,
    slackApiUrl: local.apiUrl,
    timeoutMs: 2_000,
    ending: new AbortController().signal,
    log,
  });
  answers = new Answers({ client, clock: systemClock(), log, names: namesAsWritten });
});

afterEach(() => local.close());

const to = { channel: 'C0RELEASES', user: 'U0RITA' };
const hello = message('hello', [section('hello')]);

test('an answer whose response_url fails comes as an ephemeral message', async () => {
  const responseUrl = `http://127.0.0.1:${await freePort()}/gone`;

  await answers.privately({ ...to, responseUrl }, hello);

  expect(local.ephemerals('rita').map(({ text }) => text)).toEqual(['hello']);
});

test('an answer whose blocks are refused comes as its words alone', async () => {
  const bad = {
    text: 'the words',
    blocks: [section('x'.repeat(10)), { type: 'nonsense' } as never],
  };

  await answers.privately(to, bad);
  await answers.inThread(to, bad);

  expect(local.ephemerals('rita').map(({ text, blocks }) => ({ text, blocks }))).toEqual([
    { text: 'the words', blocks: undefined },
  ]);
  expect(local.messages().map(({ text, blocks }) => ({ text, blocks }))).toEqual([
    { text: 'the words', blocks: undefined },
  ]);
});

test('an answer is tried again while Slack is busy, and given up where it can never be given', async () => {
  local.faults.failNext('chat.postEphemeral', { retryAfter: 1 });

  await answers.privately(to, hello);
  await answers.privately({ ...to, channel: 'C0NOWHERE' }, hello);

  const tried = local.calls.map(({ method, args }) => [method, args.channel]);
  expect(tried).toEqual([
    ['chat.postEphemeral', 'C0RELEASES'],
    ['chat.postEphemeral', 'C0RELEASES'],
    ['chat.postEphemeral', 'C0NOWHERE'],
  ]);
  expect(local.ephemerals('rita')).toHaveLength(1);
});
