import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Fault } from '../../demo/slack/faults.ts';
import { visibleText } from '../../demo/slack/message.ts';
import { localWorkspace } from '../../demo/slack/workspace.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { labels, WholeBot, type Wish } from './whole-bot.ts';

let fleet: TestFleet;
let bots: WholeBot[] = [];

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());

async function start(wish: Wish = {}): Promise<WholeBot> {
  const bot = await WholeBot.start(fleet, wish);
  bots.push(bot);
  return bot;
}

afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.end()));
  bots = [];
});

test('who asks is told that nothing can be posted to the channel, and so is who looks', async () => {
  const [releases, ...others] = localWorkspace.channels;
  const shut = [{ ...releases, appIsMember: false }, ...others] as typeof localWorkspace.channels;
  const bot = await start({ slack: { workspace: { channels: shut } }, start: false });
  await bot.startAgain({ ready: false });
  await bot.until200('/healthz');
  await waitUntil(() => bot.slack.connections > 0, { timeout: 60_000 });
  const rita = bot.slack.asUser('rita');
  const why =
    'Nothing can be posted to <#C0RELEASES>: the bot is not in it. Invite it there with `/invite @pointsman`.';

  const asked = await rita.command('/release', 'checkout');
  await bot.slack.waitFor(() => asked.answers.length > 0, 30_000);
  const looked = await rita.command('/release-status', 'checkout');
  await bot.slack.waitFor(() => looked.answers.length > 0, 30_000);
  const onHost = await bot.verb('status', 'checkout');

  expect(asked.answers.map(({ text }) => text)).toEqual([
    `checkout-1 asks to move checkout from blue to green. It waits for 1 approval. ${why} checkout-1 waits meanwhile.`,
  ]);
  expect(looked.answers[0]?.text).toContain(why);
  expect(onHost.stdout).toContain('Nothing can be posted to #C0RELEASES: the bot is not in it.');
});

const ways: readonly (readonly [string, Fault])[] = [
  ['answers 500', { status: 500 }],
  ['answers 429', { retryAfter: 1 }],
  ['cuts connections', { cut: 'before' }],
  ['hangs', { hang: true }],
];

test('while Slack is away nothing waits for it, and afterwards the right message is edited and everything told in order', async () => {
  const bot = await start();
  const { slack } = bot;

  for (const [index, [way, fault]] of ways.entries()) {
    const id = `checkout-${index + 1}`;
    const asked = await bot.request(id);
    await slack.asUser('ann').press(asked, 'Approve');
    // By then it was looked up for the last time who the approver is; without Slack nobody can tell.
    await bot.untilRow(id, 'switched');
    slack.faults.down(fault);
    await bot.untilRow(id, 'acceptance_awaited');
    expect(await bot.memories(), way).toEqual(['backend_green', 'backend_green']);
    const back = await bot.verb('rollback', 'checkout', 'because', 'nobody', 'is', 'there');
    await bot.untilRow(id, 'ended');
    expect([back.code, back.stderr], way).toEqual([0, '']);
    expect(await bot.memories(), way).toEqual(['backend_blue', 'backend_blue']);

    slack.faults.up();
    const card = await bot.until(id, 'Aborted', 30_000);
    await bot.until200('/readyz');

    await slack.waitFor(() => slack.replies(card.ts).length >= 7, 30_000);

    expect(
      bot.cards(id).map(({ ts }) => ts),
      way,
    ).toEqual([asked.ts]);
    expect(
      slack.replies(card.ts).map(({ text }) => text),
      way,
    ).toEqual([
      expect.stringMatching(/^<@U0ANN> approved \(1 of 1\)\./),
      expect.stringMatching(/^Switched blue → green on 2 nodes, skew/),
      'All 2 nodes were read back twice and hold green.',
      expect.stringMatching(/version/),
      expect.stringMatching(new RegExp(`^${id} waits for acceptance: checkout is on green`)),
      expect.stringMatching(new RegExp(`^${id} is going back to blue: Taken back by @cli:`)),
      'checkout is back on blue.',
    ]);
  }
});

test('a channel out of reach for a minute keeps a release from switching, and no rollback', async () => {
  const bot = await start();
  const { slack } = bot;
  const rita = slack.asUser('rita');
  await rita.press(await bot.releaseToAcceptance('checkout-1'), 'Accept');
  await bot.until('checkout-1', 'Completed');
  const asked = await bot.request('checkout-2');

  slack.faults.failNext('chat.postMessage', { status: 500 }, 10_000);
  slack.faults.failNext('chat.update', { status: 500 }, 10_000);
  await bot.type('olaf', '/release', 'lock checkout because we look');
  await bot.type('olaf', '/release', 'unlock checkout because we have looked');
  await waitUntil(async () => (await bot.get('/readyz')).status === 503);
  bot.process.kill('SIGUSR2');
  await slack.asUser('ann').press(asked, 'Approve');
  await bot.untilRow('checkout-2', 'ended');
  const onGreen = await bot.memories();
  const rollback = await bot.type('rita', '/rollback', 'checkout because nobody hears us');
  await bot.untilRow('checkout-3', 'ended');
  const onBlue = await bot.memories();
  slack.faults.clear();
  const failed = await bot.until('checkout-2', 'Failed', 60_000);
  await bot.until('checkout-3', 'Completed');

  expect(onGreen).toEqual(['backend_green', 'backend_green']);
  expect(rollback).toMatch(/^checkout-3, takes back checkout-1/);
  expect(onBlue).toEqual(['backend_blue', 'backend_blue']);
  expect(visibleText(failed)).toMatch(
    /Nothing was moved: the release channel has been out of reach for \d+ s, so nobody could be told\./,
  );
});

test('eleven copies of a command or a press have one effect, and nobody is told of the copies', async () => {
  const bot = await start();
  const { slack } = bot;
  const [rita, ann] = [slack.asUser('rita'), slack.asUser('ann')];
  slack.faults.deliverTimes(11, { envelopes: 'different' });

  await rita.command('/release', 'checkout');
  await ann.press(await bot.until('checkout-1', 'Awaiting approval'), 'Approve');
  await rita.press(await bot.until('checkout-1', 'Awaiting acceptance'), 'Accept');
  await bot.until('checkout-1', 'Completed');
  await rita.command('/rollback', 'checkout');
  await bot.until('checkout-2', 'Completed');
  const slip = await slack.asUser('sam').command('/release', 'chekout');
  const question = await slack.asUser('sam').command('/release-status');
  await slack.waitFor(() => slip.answers.length > 0 && question.answers.length > 0);
  const { code } = await bot.stop();

  const counted = ['requested', 'approved', 'accepted', 'refused', 'ended'].map(
    (kind) => `${kind} ${bot.rows().filter((row) => row.kind === kind).length}`,
  );
  expect(code).toBe(0);
  expect(counted).toEqual(['requested 2', 'approved 1', 'accepted 2', 'refused 0', 'ended 2']);
  expect(ann.ephemerals.map(({ text }) => text)).toEqual([]);
  expect(rita.ephemerals).toHaveLength(2);
  expect([slip.answers.length, question.answers.length]).toEqual([1, 1]);
  expect(slack.messages().filter(({ text }) => text.startsWith('checkout-'))).toHaveLength(4);
});

test('a press that meets a closed socket is delivered again and counts', async () => {
  const bot = await start();
  const { slack } = bot;
  const asked = await bot.request();
  slack.faults.whileDisconnected = 'redeliver';

  slack.faults.disconnectSockets({ announce: false });
  const pressed = slack.asUser('ann').press(asked, 'Approve');
  await bot.until('checkout-1', 'Awaiting acceptance');

  expect((await pressed).ack).toBe('acknowledged');
  expect(bot.rows('checkout-1').filter(({ kind }) => kind === 'approved')).toHaveLength(1);
});

test('a pending approval survives a restart: its buttons work, and its deadline stands', async () => {
  const bot = await start({ checkout: { approval: { expires: '9s' } } });
  const { slack } = bot;
  const first = await bot.request('checkout-1');
  expect((await bot.stop()).code).toBe(0);
  await bot.startAgain();
  await slack.asUser('ann').press(first, 'Approve');
  const acceptable = await bot.until('checkout-1', 'Awaiting acceptance');
  await slack.asUser('rita').press(acceptable, 'Roll back');
  await bot.until('checkout-1', 'Aborted');

  await bot.request('checkout-2');
  await bot.stop('SIGKILL');
  await bot.startAgain();
  await bot.until('checkout-2', 'Expired');
  const started = bot.rows().findLast(({ kind }) => kind === 'started');
  const rows = bot.rows('checkout-2');
  const asked = rows.find(({ kind }) => kind === 'awaiting_approval');
  const ended = rows.find(({ kind }) => kind === 'ended');

  expect(bot.cards('checkout-1').map(({ ts }) => ts)).toEqual([first.ts]);
  const deadline = Math.max(Date.parse(asked?.at ?? '') + 9_000, Date.parse(started?.at ?? ''));
  expect(Date.parse(ended?.at ?? '') - deadline).toBeLessThan(3_000);
});

test('SIGTERM parks what waits, and the next start goes on from there', async () => {
  const bot = await start({ checkout: { bake: { for: '4s' } } });
  const { slack } = bot;
  await slack.asUser('ann').press(await bot.request(), 'Approve');
  await bot.untilRow('checkout-1', 'bake_started');

  const ended = await bot.stop();
  const parked = await bot.memories();
  await bot.startAgain();
  const card = await bot.until('checkout-1', 'Awaiting acceptance');
  await slack.asUser('rita').press(card, 'Accept');
  await bot.until('checkout-1', 'Completed');

  expect([ended.code, ended.stderr]).toEqual([0, '']);
  expect(parked).toEqual(['backend_green', 'backend_green']);
  expect(bot.rows('checkout-1').map(({ kind }) => kind)).toContain('parked');
  expect(bot.cards('checkout-1')).toHaveLength(1);
});

test('a post in doubt at a kill is repeated once, marked, and only the newest copy has buttons that count', async () => {
  const bot = await start();
  const { slack } = bot;
  await bot.request('checkout-1');
  await bot.type('rita', '/release', 'cancel checkout');
  await bot.until('checkout-1', 'Cancelled');
  // Slack takes the post and its answer is lost; whatever is tried after that hangs until the kill.
  slack.faults.failNext('chat.postMessage', { cut: 'after' }, 1);
  slack.faults.failNext('chat.postMessage', { hang: true }, 10);

  await slack.asUser('rita').command('/release', 'checkout');
  const old = await slack.waitFor(() => bot.card('checkout-2'));
  await bot.stop('SIGKILL');
  slack.faults.clear();
  await bot.startAgain();
  const newest = await slack.waitFor(() => {
    const card = bot.card('checkout-2');
    return card?.ts === old.ts ? undefined : card;
  }, 20_000);
  const onOld = await bot.pressRefused('ann', old, 'Approve');
  await slack.waitFor(() => labels(slack.message(old.ts) ?? old).length === 0);
  await slack.asUser('ann').press(newest, 'Approve');
  await bot.until('checkout-2', 'Awaiting acceptance');

  const copies = slack.messages().filter(({ ts }) => ts === old.ts || ts === newest.ts);
  const marked = slack.calls.filter(
    ({ method, args }) =>
      method === 'chat.postMessage' && String(args.text).includes('(repeated after restart)'),
  );
  // Every later edit keeps the mark: both copies stand in the channel.
  expect(copies.map((one) => visibleText(one).includes('(repeated after restart)'))).toEqual([
    false,
    true,
  ]);
  expect(marked).toHaveLength(1);
  expect(onOld).toMatch(/^Refused: you pressed on an older copy of checkout-2's message\./);
  expect(copies.map((one) => labels(one))).toEqual([[], ['Accept', 'Roll back']]);
  expect(bot.cards('checkout-1')).toHaveLength(1);
});
