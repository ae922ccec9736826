import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { visibleText } from '../../demo/slack/message.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BotProcess } from './bot-process.ts';
import { labels, WholeBot, type Wish } from './whole-bot.ts';

let fleet: TestFleet;
let bots: WholeBot[] = [];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-bot-hooks-'));
  fleet = await aFleet().withNodes(2).start();
});
afterAll(async () => {
  await fleet.end();
  rmSync(folder, { recursive: true });
});

async function start(wish: Wish = {}): Promise<WholeBot> {
  const bot = await WholeBot.start(fleet, wish);
  bots.push(bot);
  return bot;
}

afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.end()));
  bots = [];
});

const noApproval = { approval: { approvers: 0 } };
const shell = (script: string, more: object = {}) => ({ run: ['sh', '-c', script], ...more });

test('a hook that looks for them finds no token: not in its own environment, not in that of the bot', async () => {
  const look = join(folder, 'look');
  const bot = await start({
    checkout: {
      ...noApproval,
      hooks: {
        deploy: shell(
          `{ env; tr '\\0' '\\n' < /proc/$PPID/environ; tr '\\0' '\\n' < /proc/$PPID/cmdline; } > ${look}; wc -c < /proc/$PPID/environ`,
        ),
      },
    },
    env: { DEPLOY_TOKEN: 'hunter2hunter2', PLAIN: 'to be seen' },
  });
  const { botToken, appToken } = bot.slack;

  await bot.type('rita', '/release', 'checkout version 2');
  await bot.untilRow('checkout-1', 'acceptance_awaited');
  const seen = readFileSync(look, 'utf8');

  // It did read the bot's own block, which holds what is no secret.
  expect(seen).toContain('PLAIN=to be seen');
  for (const secret of [botToken, appToken, 'hunter2hunter2', 'SLACK_BOT_TOKEN=']) {
    expect(seen).not.toContain(secret);
  }
});

test('tokens come from files, which then stand in no environment at all', async () => {
  const tokens = join(folder, 'bot-token');
  const bot = await start({ start: false });
  writeFileSync(tokens, `${bot.slack.botToken}\n`, { mode: 0o600 });
  const { SLACK_BOT_TOKEN: _token, ...rest } = bot.environment;

  const started = new BotProcess(['start', '--config', bot.config], {
    ...rest,
    SLACK_BOT_TOKEN_FILE: tokens,
  });
  await waitUntil(() => started.stdout.includes('is running'), { timeout: 50_000 });
  started.kill('SIGTERM');

  expect((await started.ended).code).toBe(0);
});

test("a hook's output comes into the thread, its end onto the message, and the bot's tokens into neither", async () => {
  const file = join(folder, 'env');
  const bot = await start({
    checkout: {
      ...noApproval,
      hooks: {
        deploy: shell(`echo "deploying <@U0ANN> & co"; env > ${file}; env`, {
          environment: ['DEPLOY_TOKEN', 'REGISTRY'],
        }),
      },
    },
    env: { DEPLOY_TOKEN: 'hunter2hunter2', REGISTRY: 'registry.example.com' },
  });

  await bot.type('rita', '/release', 'checkout version 2');
  await bot.untilRow('checkout-1', 'acceptance_awaited');
  const thread = () => {
    const card = bot.card('checkout-1');
    return card === undefined ? '' : bot.slack.replies(card.ts).map(visibleText).join('\n');
  };
  await waitUntil(() => thread().includes('Hook deploy succeeded'));
  const card = await waitUntil(() => {
    const message = bot.card('checkout-1');
    return message !== undefined && visibleText(message).includes('✓ Hook deploy')
      ? message
      : undefined;
  });

  const seen = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0])
    .filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))
    .sort();
  expect(seen).toEqual([
    'DEPLOY_TOKEN',
    'PATH',
    'POINTSMAN_HOOK',
    'POINTSMAN_OTHER_SIDE',
    'POINTSMAN_RELEASE',
    'POINTSMAN_SERVICE',
    'POINTSMAN_SIDE',
    'POINTSMAN_VERSION',
    'REGISTRY',
  ]);
  expect(thread()).toContain('deploying &lt;＠U0ANN&gt; &amp; co');
  expect(thread()).toContain('DEPLOY_TOKEN=(hidden)');
  const told = thread() + visibleText(card) + JSON.stringify(bot.rows()) + bot.output;
  for (const secret of ['hunter2', bot.slack.botToken, bot.slack.appToken]) {
    expect(told).not.toContain(secret);
  }
});

test('a press of Cancel kills the hook that runs; SIGTERM does, too, and the bot is gone at once', async () => {
  const bot = await start({
    checkout: {
      ...noApproval,
      hooks: { deploy: shell('sleep 60 & sleep 60', { idempotent: true }) },
    },
  });

  await bot.type('rita', '/release', 'checkout');
  await bot.untilRow('checkout-1', 'hook_started');
  const card = await waitUntil(() => {
    const message = bot.card('checkout-1');
    return message !== undefined && visibleText(message).includes('Hook deploy runs')
      ? message
      : undefined;
  });
  const buttons = labels(card);
  await bot.cancel('rita', card);
  await bot.untilRow('checkout-1', 'ended');
  await bot.type('rita', '/release', 'checkout');
  await bot.untilRow('checkout-2', 'hook_started');
  const ended = await bot.stop();

  const outcomes = bot.rows().filter(({ kind }) => kind === 'hook_ended');
  expect(buttons).toEqual(['Cancel']);
  expect(outcomes.map(({ body }) => JSON.parse(body).outcome)).toEqual(['cancelled', 'cancelled']);
  expect(ended.code).toBe(0);
});

test('the command line finishes the cycle', async () => {
  const bot = await start({
    checkout: {
      ...noApproval,
      accept: 'auto',
      hooks: { deploy: shell('echo $POINTSMAN_VERSION') },
    },
  });
  await bot.type('rita', '/release', 'checkout version 2');
  await bot.untilRow('checkout-1', 'ended');

  const finished = await bot.verb('finish', 'checkout');

  expect([finished.code, finished.stdout.split('\n')[0]]).toEqual([
    0,
    'checkout-2 asks to move checkout from green to blue. It needs no approval and begins now.',
  ]);
});
