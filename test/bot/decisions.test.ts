import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { visibleText } from '../../demo/slack/message.ts';
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
  for (const side of ['blue', 'green'] as const) {
    fleet.application(side).letGo();
    fleet.application(side).recover();
  }
});

/** What was said to the whole channel about a release, oldest first. */
function broadcasts(bot: WholeBot): readonly string[] {
  return bot.slack
    .messages()
    .filter(({ subtype }) => subtype === 'thread_broadcast')
    .map(({ text }) => text);
}

test('sessions that outlive the drain are a decision: wait once more, then shut them down', async () => {
  const bot = await start({ checkout: { drain: { timeout: '5s', then: 'wait' } } });
  const { slack } = bot;
  const blue = fleet.application('blue');
  const held = fleet
    .node(0)
    .get('/hold')
    .catch(() => undefined);
  await waitUntil(() => blue.held === 1);

  await slack.asUser('rita').press(await bot.releaseToAcceptance(), 'Accept');
  const asking = await waitUntil(
    () => {
      const card = bot.card('checkout-1');
      return card !== undefined && labels(card).includes('Wait') ? card : undefined;
    },
    { timeout: 20_000 },
  );
  const stranger = await bot.pressRefused('sam', asking, 'Shut down sessions');
  await slack.asUser('rita').press(asking, 'Wait');
  await bot.untilRow('checkout-1', 'drain_waited');
  const late = await bot.pressRefused('rita', asking, 'Wait');
  const again = await waitUntil(
    () => {
      const card = bot.card('checkout-1');
      const asked = bot.rows('checkout-1').filter(({ kind }) => kind === 'drain_deadline');
      return asked.length === 2 && card && labels(card).includes('Wait') ? card : undefined;
    },
    { timeout: 20_000 },
  );
  await slack.asUser('rita').press(again, 'Shut down sessions');
  const done = await bot.until('checkout-1', 'Completed');
  await held;

  expect(labels(asking)).toEqual(['Wait', 'Shut down sessions', 'Roll back']);
  expect(visibleText(asking)).toMatch(/1 sessions? left on blue\. Wait, or shut (them|it) down\?/);
  expect(stranger).toMatch(/^Refused: /);
  expect(late).toMatch(
    /^You cannot wait for sessions of checkout-1 now: .*<@U0RITA> chose to wait\./,
  );
  expect(labels(done)).toEqual([]);
  expect(blue.held).toBe(0);
  expect(
    broadcasts(bot).filter((text) => /are still on blue|is still on blue/.test(text)),
  ).toHaveLength(2);
});

test('a node that falls back while acceptance is awaited is a decision: re-apply, then accept', async () => {
  const bot = await start({ driftEvery: '300ms' });
  const { slack } = bot;
  await bot.releaseToAcceptance();

  await fleet.node(0).reload();
  const fallen = await bot.until('checkout-1', 'Needs attention');
  const early = await bot.pressRefused('sam', fallen, 'Re-apply');
  await slack.asUser('rita').press(fallen, 'Re-apply');
  const again = await bot.until('checkout-1', 'Awaiting acceptance');
  const onGreen = await bot.memories();
  await slack.asUser('rita').press(again, 'Accept');
  await bot.until('checkout-1', 'Completed');

  expect(labels(fallen)).toEqual(['Re-apply', 'Accept blue']);
  expect(visibleText(fallen)).toMatch(/lb-1 reloaded at \d\d:\d\d UTC and is back on blue/);
  expect(early).toMatch(/^Refused: /);
  expect(onGreen).toEqual(['backend_green', 'backend_green']);
  expect(
    broadcasts(bot).some((text) => /^(<@U0RITA> )?checkout-1 needs attention: /.test(text)),
  ).toBe(true);
});

test('a node that falls back can be accepted: every node goes there, and a third hand may settle it by command', async () => {
  const bot = await start({ driftEvery: '300ms' });
  const { slack } = bot;
  await bot.releaseToAcceptance('checkout-1');
  await fleet.node(0).reload();
  await slack.asUser('rita').press(await bot.until('checkout-1', 'Needs attention'), 'Accept blue');
  await waitUntil(() => bot.rows('checkout-1').some(({ kind }) => kind === 'ended'));
  const onBlue = await bot.memories();

  await bot.releaseToAcceptance('checkout-2');
  await fleet.node(1).reload();
  await bot.until('checkout-2', 'Needs attention');
  const notYou = await bot.type('rita', '/release', 'settle checkout-2 blue because I say so');
  const settling = await bot.type(
    'olaf',
    '/release',
    'settle checkout-2 green because green is right',
  );
  await bot.until('checkout-2', 'Completed');
  await bot.until('checkout-1', 'Aborted');
  const table = await bot.type('sam', '/release-status', 'checkout');

  expect(onBlue).toEqual(['backend_blue', 'backend_blue']);
  expect(notYou).toMatch(/^Refused: .*operator/);
  expect(settling).toMatch(/^checkout-2 is being settled on green/);
  expect(await bot.memories()).toEqual(['backend_green', 'backend_green']);
  expect(fleet.nodes.map((node) => node.disk())).toEqual(Array(2).fill('active backend_green\n'));
  expect(table).toMatch(/in sync/);
});

test('when group memberships cannot be read, only going back goes on, by the last membership read, and the row says so', async () => {
  const bot = await start();
  const { slack } = bot;
  const acceptable = await bot.releaseToAcceptance();
  slack.faults.failNext('usergroups.users.list', { hang: true }, 2);
  slack.faults.failNext('usergroups.users.list', { status: 500 }, 1_000);
  for (let minutes = 0; minutes < 6; minutes += 1) {
    bot.process.kill('SIGUSR2');
    await bot.get('/healthz');
  }

  const refused = await bot.pressRefused('rita', acceptable, 'Accept');
  const begun = performance.now();
  await slack.asUser('rita').press(acceptable, 'Roll back');
  await bot.untilRow('checkout-1', 'going_back');
  const waited = performance.now() - begun;
  await bot.until('checkout-1', 'Aborted');

  expect(refused).toMatch(
    /^Refused: accepting a release .* S0RELEASERS: Slack .*Only rollback and abort go on/,
  );
  expect(waited).toBeLessThan(4_000);
  const back = bot.rows('checkout-1').find(({ kind }) => kind === 'going_back');
  expect(JSON.parse(back?.body ?? '{}')).toMatchObject({
    membership: expect.stringMatching(/read/),
  });
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('who was taken out of a group a moment ago approves nothing, although the group had just been read', async () => {
  const bot = await start();
  const card = await bot.request();
  // The group is read as any command reads it.
  await bot.type('ann', '/release', 'lock checkout because of nothing');
  const reads = () => bot.slack.calls.filter(({ method }) => method === 'usergroups.users.list');
  const before = reads().length;
  bot.slack.setGroup('S0LEADS', []);

  const refused = await bot.pressRefused('ann', card, 'Approve');

  expect(before).toBeGreaterThan(0);
  expect(refused).toMatch(
    /^Refused: approving a release needs the role approver, which .* does not hold/,
  );
  expect(bot.rows('checkout-1').map(({ kind }) => kind)).not.toContain('approved');
});

test('a user group that is gone takes away only what comes through it, and the bot says that it is gone', async () => {
  const bot = await start({
    roles: { releaser: ['U0RITA'], approver: ['U0ANN', 'S0GONE'], operator: ['U0OLAF'] },
  });
  const readyz = await bot.get('/readyz');

  const status = await bot.type('sam', '/release-status', 'checkout');
  const card = await bot.request();
  const olaf = await bot.pressRefused('olaf', card, 'Approve');
  await bot.slack.asUser('ann').press(card, 'Approve');
  await bot.until('checkout-1', 'Awaiting acceptance');
  const gone = 'S0GONE cannot be read: Slack refused with no_such_subteam (the group was disabled';

  expect(status).not.toMatch(/^Refused/);
  expect(olaf).toMatch(
    /^Refused: .*S0GONE: Slack refused with no_such_subteam .*Waiting does not help/,
  );
  expect(olaf).not.toContain('in a minute');
  expect(readyz).toEqual({
    status: 200,
    body: { ready: true, reasons: [], warnings: [expect.stringContaining(gone)] },
  });
  expect(bot.output).toContain(gone);
});

test('an approver who lost the role before the switch has approved nothing', async () => {
  const bot = await start({ checkout: { gates: { timeout: '1h' } } });
  const { slack } = bot;
  const green = fleet.application('green');
  green.failHealth();
  await waitUntil(async () => /DOWN/.test(await fleet.node(0).ask('show stat')));
  await slack.asUser('ann').press(await bot.request(), 'Approve');
  await bot.untilRow('checkout-1', 'approval_completed');

  slack.setGroup('S0LEADS', []);
  for (let minutes = 0; minutes < 6; minutes += 1) {
    bot.process.kill('SIGUSR2');
    await bot.get('/healthz');
  }
  green.recover();
  const failed = await bot.until('checkout-1', 'Failed');

  expect(visibleText(failed)).toMatch(
    /Nothing was moved: .*<@U0ANN> approved it, and no longer holds the role approver/,
  );
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a configuration that was changed while a release waited voids its approvals: the plan is made anew, by the new rules', async () => {
  const bot = await start({ checkout: { approval: { approvers: 2 } } });
  const { slack } = bot;
  slack.setGroup('S0LEADS', ['U0ANN', 'U0OLAF']);
  const before = await bot.request();
  await slack.asUser('ann').press(before, 'Approve');
  await bot.untilRow('checkout-1', 'approved');
  await bot.stop();

  bot.configure({
    checkout: { approval: { approvers: 2 }, drain: { timeout: '1s', then: 'shutdown' } },
  });
  await bot.startAgain();
  await bot.untilRow('checkout-1', 'replanned');
  const onOld = await bot.pressRefused('olaf', before, 'Approve');
  const anew = await bot.until('checkout-1', 'Awaiting approval');
  await waitUntil(() => /Approvals 0 of 2/.test(visibleText(bot.card('checkout-1') ?? anew)));
  const now = bot.card('checkout-1') ?? anew;
  await slack.asUser('olaf').press(now, 'Approve');
  await waitUntil(
    () => bot.rows('checkout-1').filter(({ kind }) => kind === 'approved').length === 2,
  );
  const withOne = await bot.memories();
  await slack.asUser('ann').press(now, 'Approve');
  await bot.until('checkout-1', 'Awaiting acceptance');

  expect(onOld).toMatch(
    /^Refused: the plan of checkout-1 has changed since the message you pressed on\./,
  );
  expect(withOne).toEqual(['backend_blue', 'backend_blue']);
  expect(await bot.memories()).toEqual(['backend_green', 'backend_green']);
  expect(slack.replies(anew.ts).map(({ text }) => text)).toContainEqual(
    'The world moved before the first write (the configuration of checkout was changed). Earlier approvals are void; the plan was made anew.',
  );
});
