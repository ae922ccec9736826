import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import type { Door } from '../../src/slack/desk.ts';
import { type ABot, aBot, type BotWish } from './a-bot.ts';

let bots: ABot[] = [];

async function bot(wish: BotWish = {}): Promise<ABot> {
  const made = await aBot(wish);
  bots.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(bots.map((one) => one.close()));
  bots = [];
});

const refusals: string[] = [];
const door: Door = {
  ask: async (command, { actor, refusal }) => {
    if (refusal === undefined) return { kind: 'silent' };
    refusals.push(`${actor} ${command.kind}`);
    return { kind: 'refused', text: refusal };
  },
  parse: () => ({ kind: 'status' as const }),
};

test('a bot whose Slack is away starts, says so, and is there when Slack is back', async () => {
  const made = await bot({ start: false });
  made.local.faults.down();

  await made.slack.start(door);

  expect(made.slack.reached()).toMatchObject({
    ok: false,
    why: [
      'Slack answered with status 503',
      'No Socket Mode connection: Slack answered with status 503',
    ],
  });
  made.local.faults.up();
  await made.local.waitFor((slack) => slack.connections === 1, 20_000);
  await made.local.waitFor(() => made.slack.reached().ok, 20_000);
});

test('a bot whose Slack hangs starts all the same', async () => {
  const made = await bot({ start: false });
  made.local.faults.down({ hang: true });
  const before = performance.now();

  await made.slack.start(door);

  expect(performance.now() - before).toBeLessThan(6_000);
  expect(made.slack.reached().ok).toBe(false);
});

test.each([
  ['auth.test', 'SLACK_BOT_TOKEN'],
  ['apps.connections.open', 'SLACK_APP_TOKEN'],
])(
  'a token that Slack does not accept at %s ends the start with a sentence',
  async (method, name) => {
    const made = await bot({ start: false });
    made.local.faults.failNext(method, { error: 'invalid_auth' });

    await expect(made.slack.start(door)).rejects.toThrow(
      `Slack does not accept ${name}: Slack refused with invalid_auth. Install the app again, or copy the token anew from its settings.`,
    );
    // Nothing is opened for a bot token that Slack refuses: closing it again took half a minute.
    const opened = made.local.calls.some((call) => call.method === 'apps.connections.open');
    expect(opened).toBe(method !== 'auth.test');
  },
);

test.each([true, false])(
  'a closed connection is opened again at once, and what was not acknowledged comes again (announced: %s)',
  async (announce) => {
    const made = await bot();
    made.local.faults.whileDisconnected = 'redeliver';
    const before = performance.now();
    made.local.faults.disconnectSockets({ announce });
    const typed = made.local.asUser('rita').command('/release', 'checkout');

    expect((await typed).ack).toBe('acknowledged');
    await made.local.waitFor(() => made.asked.length > 0);

    expect(performance.now() - before).toBeLessThan(3_000);
    expect(new Set(made.asked.map(({ asker }) => asker.request)).size).toBe(1);
  },
);

test('refusals while it reconnects end nothing', async () => {
  const made = await bot();
  made.local.faults.failNext('apps.connections.open', { status: 500 });
  made.local.faults.failNext('apps.connections.open', { error: 'invalid_auth' });
  made.local.faults.failNext('apps.connections.open', { retryAfter: 1 });
  made.local.faults.failNext('apps.connections.open', { cut: 'before' });

  made.local.faults.disconnectSockets();

  await made.local.waitFor((slack) => slack.connections === 0);
  await made.local.waitFor((slack) => slack.connections === 1, 20_000);
  await made.local.waitFor(() => made.slack.reached().ok);
});

test('signed HTTP refuses forged, stale, future and unsigned requests, and other paths', async () => {
  const made = await bot({ mode: 'http' });
  const typed = await made.local.asUser('rita').command('/release', 'checkout');
  const { signingSecret } = made.local;
  const url = made.url ?? '';
  const now = Math.floor(Date.now() / 1_000);
  const post = async (stamp: number | string, secret: string, path = '') => {
    const body =
      'command=%2Frelease&text=checkout&user_id=U0RITA&trigger_id=t&team_id=T0LOCAL&channel_id=C0RELEASES&api_app_id=A0POINTSMAN';
    const hash = createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex');
    const { status } = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(stamp),
        'x-slack-signature': `v0=${hash}`,
      },
      body,
    });
    return status;
  };

  const statuses = [
    await post(now, 'wrong'),
    await post(now - 310, signingSecret),
    await post(now + 310, signingSecret),
    await post('soon', signingSecret),
    await post(now, signingSecret, '/more'),
    (await fetch(url)).status,
    (await fetch(url, { method: 'POST', body: '{}' })).status,
  ];

  expect(typed.ack).toBe('acknowledged');
  expect(statuses).toEqual([401, 401, 401, 401, 404, 404, 401]);
  expect(await post(now, signingSecret)).toBe(200);
  expect(await post(now + 200, signingSecret)).toBe(200);
  await made.slack.deafen();
  // The second is the first one's replay.
  expect(made.asked).toHaveLength(2);
});

test('over signed HTTP nothing is taken before the start and after the end', async () => {
  const made = await bot({ mode: 'http', start: false });

  const early = await made.local.asUser('rita').command('/release', 'checkout');
  await made.slack.start(door);
  const then = await made.local.asUser('rita').command('/release', 'checkout');
  await made.slack.deafen();
  const late = await made.local.asUser('rita').command('/release', 'checkout');

  expect([early.ack, then.ack, late.ack]).toEqual(['failed', 'acknowledged', 'failed']);
});

test('nobody is taken for at home while Slack has not told where home is', async () => {
  const local = await startLocalSlack();
  const made = await bot({ mode: 'http', running: local, start: false });
  local.faults.failNext('auth.test', { status: 503 }, 1_000);
  await made.slack.start(door);

  const typed = await local.asUser('rita').command('/release', 'checkout');

  await local.waitFor(() => typed.answers.length > 0);
  expect(typed.answers[0]?.text).toMatch(/^Refused: Slack has not answered Pointsman since/);
  expect(refusals).toEqual(['U0RITA status']);
  await made.close();
  bots = [];
  await local.close();
});
