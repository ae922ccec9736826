import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buttonsOf, type Message, visibleText } from '../../demo/slack/message.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { firstLine, labels, lastLine, WholeBot, type Wish } from './whole-bot.ts';

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

const states = [
  'Awaiting approval',
  'Checking',
  'Switching',
  'Verifying',
  'Smoke testing',
  'Baking',
  'Awaiting acceptance',
  'Persisting',
  'Draining',
  'Completed',
];
/** Design, section 2: what may be pressed in each state of an undisturbed release. */
const buttonsIn: Readonly<Record<string, readonly string[]>> = {
  'Awaiting approval': ['Approve', 'Cancel'],
  Checking: ['Cancel'],
  Switching: ['Roll back'],
  Verifying: ['Roll back'],
  'Smoke testing': ['Roll back'],
  Baking: ['Roll back'],
  'Awaiting acceptance': ['Accept', 'Roll back'],
  Persisting: [],
  Draining: [],
  Completed: [],
};

/** Every look the release's message ever had, in order. */
function looks(bot: WholeBot, id: string): readonly Pick<Message, 'text' | 'blocks'>[] {
  return bot.slack.calls
    .filter(({ method, answer }) => /^chat\.(postMessage|update)$/.test(method) && answer?.ok)
    .map(({ args }) => args as unknown as Message)
    .filter(({ text }) => text.startsWith(`${id} · `));
}

function stateOf(look: Pick<Message, 'text' | 'blocks'>): string {
  return firstLine(look).split(' · ')[1] ?? '';
}

describe.each(['socket', 'http'] as const)('over %s', (mode) => {
  test('two people release and a third takes nothing: one message from request to completed, proven by its anchor', async () => {
    const bot = await start({ mode, checkout: { bake: { for: '500ms' } } });
    const { slack } = bot;
    const ann = slack.asUser('ann');

    const asked = await bot.type(
      'rita',
      '/release',
      'checkout green version 2.1 because the basket is ready',
    );
    const waiting = await bot.until('checkout-1', 'Awaiting approval');
    const refusals = {
      stranger: await bot.pressRefused('sam', waiting, 'Approve'),
      own: await bot.pressRefused('rita', waiting, 'Approve'),
    };
    await ann.press(waiting, 'Approve');
    const acceptable = await bot.until('checkout-1', 'Awaiting acceptance');
    const late = await bot.pressRefused('ann', waiting, 'Approve');
    await slack.asUser('rita').press(acceptable, 'Accept');
    const done = await bot.until('checkout-1', 'Completed');
    const lateAccept = await bot.pressRefused('rita', acceptable, 'Accept');

    expect(asked).toMatch(/checkout-1/);
    expect(refusals.stranger).toMatch(/^Refused: .*approver/);
    expect(refusals.own).toBe(
      'Refused: you asked for checkout-1 yourself, and checkout wants a second person. Ask another approver.',
    );
    expect(late).toMatch(
      /^You cannot approve checkout-1 now: it is at "Awaiting acceptance"\. Approved by <@U0ANN>/,
    );
    expect(lateAccept).toMatch(/^Too late to accept checkout-1: it is completed since /);

    const seen = looks(bot, 'checkout-1').map(stateOf);
    const distinct = seen.filter((state, index) => state !== seen[index - 1]);
    expect(distinct.every((state) => states.includes(state))).toBe(true);
    expect(distinct).toEqual(states.filter((state) => distinct.includes(state)));
    for (const look of looks(bot, 'checkout-1')) {
      expect(labels(look), stateOf(look)).toEqual(buttonsIn[stateOf(look)]);
    }
    expect(buttonsOf(waiting).map(({ actionId, element }) => [actionId, element.value])).toEqual([
      ['approve', 'checkout-1'],
      ['cancel', 'checkout-1'],
    ]);
    expect(questions(waiting)).toEqual(['checkout: blue → green (version 2.1) on 2 nodes']);
    expect(questions(acceptable)).toEqual([
      'checkout: blue → green (version 2.1) on 2 nodes. It is written to disk and stays.',
      'checkout: green → blue on 2 nodes',
    ]);

    expect(bot.cards('checkout-1').map(({ ts }) => ts)).toEqual([waiting.ts]);
    const broadcasts = slack.messages().filter(({ subtype }) => subtype === 'thread_broadcast');
    expect(broadcasts.map(({ text }) => text.split(':')[0])).toEqual([
      'checkout-1 waits for acceptance',
    ]);
    expect(slack.replies(waiting.ts).length).toBeGreaterThan(2);
    expect(visibleText(done)).toContain('Approvals 1 of 1: <@U0ANN>');
    expect(visibleText(done)).toContain('Rollback ready 2/2');
    expect(await bot.memories()).toEqual(['backend_green', 'backend_green']);
    expect(fleet.nodes.map((node) => node.disk())).toEqual(Array(2).fill('active backend_green\n'));

    const [, seq, hash] = /^journal #(\d+) ([0-9a-f]{64})$/.exec(lastLine(done)) ?? [];
    expect(done.text.split('\n').at(-1)).toBe(lastLine(done));
    const proven = await bot.verb('audit', 'verify', '--anchor', `${seq}:${hash}`);
    const forged = await bot.verb('audit', 'verify', '--anchor', `${seq}:${'0'.repeat(64)}`);
    expect([proven.code, forged.code]).toEqual([0, 3]);
  });
});

test('a release is taken back, in flight and afterwards; the rollback is a release of its own, and is said aloud', async () => {
  const bot = await start();
  const { slack } = bot;
  const rita = slack.asUser('rita');

  const acceptable = await bot.releaseToAcceptance();
  await rita.press(acceptable, 'Roll back');
  const aborted = await bot.until('checkout-1', 'Aborted');
  const lateAccept = await bot.pressRefused('rita', acceptable, 'Accept');
  await rita.press(await bot.releaseToAcceptance('checkout-2'), 'Accept');
  await bot.until('checkout-2', 'Completed');
  const onGreen = await bot.memories();
  const asked = await bot.type('rita', '/rollback', 'checkout because the basket is empty');
  const back = await bot.until('checkout-3', 'Completed');
  const stillCompleted = bot.card('checkout-2');

  expect(labels(aborted)).toEqual([]);
  expect(visibleText(aborted)).toContain('Taken back by <@U0RITA>');
  expect(lateAccept).toMatch(
    /^Too late to accept checkout-1: it is aborted since .*Taken back by <@U0RITA>/,
  );
  expect(onGreen).toEqual(['backend_green', 'backend_green']);
  expect(asked).toBe('checkout-3, takes back checkout-2: checkout goes to blue on every node now.');
  expect(visibleText(back)).toContain('takes back checkout-2');
  expect(stillCompleted && firstLine(stillCompleted)).toBe('checkout-2 · Completed');
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
  expect(fleet.nodes.map((node) => node.disk())).toEqual(Array(2).fill('active backend_blue\n'));
  const broadcasts = slack.messages().filter(({ subtype }) => subtype === 'thread_broadcast');
  expect(broadcasts.map(({ text }) => text.split(/[:,]/)[0])).toEqual([
    'checkout-1 waits for acceptance',
    'checkout-1 is going back to blue',
    'checkout-2 waits for acceptance',
    'checkout-3',
  ]);
});

test('a release is rejected by an approver, cancelled by its requester, and expires by itself: nothing is done', async () => {
  const bot = await start({ checkout: { approval: { expires: '2s' } } });
  const { slack } = bot;

  await bot.cancel('ann', await bot.request('checkout-1'), 'the basket is wrong');
  const rejected = await bot.until('checkout-1', 'Rejected');
  const late = await bot.pressRefused('rita', rejectedLook(bot), 'Cancel');
  await bot.cancel('rita', await bot.request('checkout-2'));
  const cancelled = await bot.until('checkout-2', 'Cancelled');
  const asked = await bot.request('checkout-3');
  const expired = await bot.until('checkout-3', 'Expired');
  const lateApprove = await bot.pressRefused('ann', asked, 'Approve');

  expect(late).toMatch(
    /^Too late to cancel checkout-1: it is rejected since .* Rejected by <@U0ANN> \(the basket is wrong\)/,
  );
  expect(lateApprove).toMatch(/^Too late to approve checkout-3: it is expired since /);
  expect([rejected, cancelled, expired].map(labels)).toEqual([[], [], []]);
  expect([rejected, cancelled, expired].map(lastLine)).toEqual(
    Array(3).fill(expect.stringMatching(/^journal #\d+ [0-9a-f]{64}$/)),
  );
  expect(slack.messages().filter(({ subtype }) => subtype === 'thread_broadcast')).toEqual([]);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('questions are answered: status by both names, help, slips, history, a moment, and in threads', async () => {
  const bot = await start();
  const { slack } = bot;
  const before = new Date().toISOString();
  await slack.asUser('rita').press(await bot.releaseToAcceptance(), 'Accept');
  const card = await bot.until('checkout-1', 'Completed');

  const overview = [
    await bot.type('sam', '/release-status'),
    await bot.type('sam', '/release-status'),
  ];
  const table = await bot.type('sam', '/release-status', 'checkout');
  const help = [
    await bot.type('sam', '/release', 'help'),
    await bot.type('sam', '/rollback', 'help'),
    await bot.type('sam', '/release-status', 'help'),
  ];
  const slips = [
    await bot.type('rita', '/release', 'chekout green'),
    await bot.type('rita', '/release', 'checkout gren'),
    await bot.type('rita', '/release', 'acept checkout'),
    await bot.type('rita', '/rollback', 'chekout because it is broken'),
    await bot.type('rita', '/release', 'settle checkout-1 blue'),
    await bot.type('rita', '/release', 'checkout green'),
    await bot.type('rita', '/release', 'nothing-like-it'),
  ];
  const history = await bot.type('sam', '/release-status', 'history checkout since 1d by @ann');
  const then = await bot.type('sam', '/release-status', `at ${before} checkout`);
  const now = await bot.type('sam', '/release-status', `at ${new Date().toISOString()} checkout`);
  const said = slack.asUser('ann').mention('status checkout', card.ts);
  const inThread = await slack.waitFor((one) => {
    const answer = one.replies(card.ts).at(-1);
    return answer !== undefined && answer.ts > said.ts ? answer : undefined;
  });

  for (const one of overview) expect(one).toMatch(/checkout/);
  expect(table).toMatch(/lb-1[\s\S]*lb-2/);
  expect(table).toMatch(/in sync/);
  expect(help.map((text) => /`?\/(release-status|release|rollback)/.exec(text)?.[1])).toEqual([
    'release',
    'rollback',
    'release-status',
  ]);
  expect(slips).toEqual([
    'There is no service "chekout". Did you mean `/release checkout green`?',
    'I do not understand "gren". Did you mean `/release checkout green`?',
    'There is no service "acept". Did you mean `/release accept checkout`?',
    'There is no service "chekout". Did you mean `/rollback checkout because it is broken`?',
    'To settle needs a reason. Write `/release settle checkout-1 blue because &lt;reason&gt;`.',
    expect.stringMatching(/^Refused: .*checkout.* green/),
    'There is no service "nothing-like-it". There is only checkout.',
  ]);
  expect(history).toMatch(/approved/);
  expect(history).not.toMatch(/accepted/);
  expect(then).toMatch(/blue|nothing/);
  expect(now).toMatch(/green/);
  expect(visibleText(inThread)).toMatch(/lb-1/);
  expect(
    slack
      .messages()
      .filter(({ user }) => user === 'U0POINTSMAN')
      .map(firstLine),
  ).toEqual([
    expect.stringMatching(/^checkout was found on blue/),
    'checkout-1 · Completed',
    expect.stringMatching(/^checkout-1 waits for acceptance/),
  ]);
});

test('commands of other names answer by those names', async () => {
  const bot = await start({
    commands: { release: '/ship', rollback: '/unship', status: '/ships' },
  });

  const help = await bot.type('rita', '/ship', 'help');
  const slip = await bot.type('rita', '/unship', 'chekout');
  const old = await bot.type('rita', '/release', 'checkout');

  expect(help).toContain('/ship <service>'.replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
  expect(help).not.toContain('/release');
  expect(slip).toBe('There is no service "chekout". Did you mean `/unship checkout`?');
  expect(old).toBe(
    'Refused: `/release` is not a command of Pointsman. It answers `/ship`, `/unship`, `/ships`.',
  );
});

/** The card as it was shown while it still had buttons. */
function rejectedLook(bot: WholeBot): Message {
  const card = bot.card('checkout-1');
  const open = looks(bot, 'checkout-1').find((look) => labels(look).length > 0);
  if (card === undefined || open === undefined) throw new Error('There is no such message.');
  return { ...card, ...open, ts: card.ts, channel: card.channel };
}

function questions(message: Message): readonly unknown[] {
  return buttonsOf(message).flatMap(({ element }) => {
    const confirm = element.confirm as { text: { text: string } } | undefined;
    return confirm === undefined ? [] : [confirm.text.text];
  });
}
