import { afterEach, expect, test } from 'vitest';
import { buttonsOf, visibleText } from '../../demo/slack/message.ts';
import { stateTitle } from '../../src/release/states.ts';
import { usualTimings } from '../../src/timing/timings.ts';
import { type ABot, aBot, type BotWish } from './a-bot.ts';
import { aReading, aRelease, later } from './a-release.ts';
import { everyState } from './every-state.ts';

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

function stateOf(name: string) {
  const release = everyState().get(name);
  if (release === undefined) throw new Error(`no state ${name}`);
  return release;
}

const note = (text: string) => ({ kind: 'note', release: 'checkout-42', text }) as const;
const posts = ({ local }: ABot) =>
  local.calls.filter(({ method }) => method === 'chat.postMessage').length;

test('a release has one message, posted once and edited to the newest state, with its details in its thread', async () => {
  const made = await bot();
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);
  made.show(stateOf('switching'));
  made.store.tell(note('Switched.'), { ...note('It failed.'), kind: 'broadcast' });
  made.slack.wake();
  await made.local.waitFor(() => made.store.allTold);
  made.show(stateOf('completed'));
  await made.local.waitFor(() => made.store.allTold);

  const [message, broadcast] = made.local.messages();
  const ts = message?.ts ?? '';
  expect(visibleText(message ?? { text: '' }).split('\n')[0]).toBe('checkout-42 · Completed');
  expect(buttonsOf(message ?? {})).toEqual([]);
  expect(made.local.replies(ts).map(({ text }) => text)).toEqual(['Switched.', 'It failed.']);
  expect([broadcast?.subtype, broadcast?.text]).toEqual(['thread_broadcast', 'It failed.']);
  expect(made.store.posted).toEqual([
    {
      actor: 'system:slack',
      release: 'checkout-42',
      service: 'checkout',
      origin: { channel: 'C0RELEASES', message: ts },
      what: { kind: 'posted', what: 'card' },
    },
  ]);
});

test('only a failure calls the requester by name', async () => {
  const made = await bot();
  made.show(stateOf('awaiting acceptance'));
  const loud = (text: string) => ({ ...note(text), kind: 'broadcast' }) as const;
  made.store.tell(loud('It waits for acceptance.'), note('A detail.'));
  made.slack.wake();
  await made.local.waitFor(() => made.store.allTold);
  made.show(stateOf('rolled back'));
  made.store.tell(loud('Errors rose.'), loud('@U0RITA, it went back.'), note('A detail.'));
  made.slack.wake();
  await made.local.waitFor(() => made.store.allTold);

  const ts = made.local.messages()[0]?.ts ?? '';
  expect(made.local.replies(ts).map(({ text }) => text)).toEqual([
    'It waits for acceptance.',
    'A detail.',
    '<@U0RITA> Errors rose.',
    '<@U0RITA>, it went back.',
    'A detail.',
  ]);
});

test('cards that wait are one edit, and everything else keeps its order', async () => {
  const made = await bot();
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);
  made.local.faults.down();
  for (const name of ['preflight', 'switching', 'verifying', 'smoking', 'baking']) {
    made.show(stateOf(name));
    made.store.tell(note(`now ${name}`));
  }
  made.slack.wake();
  const before = made.local.calls.length;
  await made.local.waitFor(({ calls }) => calls.some((call, at) => at >= before && call.fault));

  made.local.faults.up();

  await made.local.waitFor(() => made.store.allTold);
  const ts = made.local.messages()[0]?.ts ?? '';
  expect(made.local.replies(ts).map(({ text }) => text)).toEqual(
    ['preflight', 'switching', 'verifying', 'smoking', 'baking'].map((name) => `now ${name}`),
  );
  const edits = made.local.calls.filter(
    ({ method, answer }) => method === 'chat.update' && answer?.ok === true,
  );
  expect(edits.map(({ args }) => String(args.text).split('\n')[0])).toEqual([
    `checkout-42 · ${stateTitle('baking')}`,
  ]);
});

test.each([
  ['a status 500', { status: 500 }],
  ['a status 503', { status: 503 }],
  ['an internal error', { error: 'internal_error' }],
  ['a cut connection', { cut: 'before' }],
] as const)('%s delays a message and changes nothing else', async (_name, fault) => {
  const made = await bot();
  made.local.faults.failNext('chat.postMessage', fault, 2);

  made.show(stateOf('awaiting approval'));
  made.store.tell(note('one'), note('two'));

  await made.local.waitFor(() => made.store.allTold);
  const [message, ...others] = made.local.messages();
  expect(others).toEqual([]);
  expect(made.local.replies(message?.ts ?? '').map(({ text }) => text)).toEqual(['one', 'two']);
  expect(made.slack.reached().ok).toBe(true);
});

test('Retry-After is waited for, and is not taken for an outage', async () => {
  const made = await bot();
  made.local.faults.failNext('chat.postMessage', { retryAfter: 1 });

  made.show(stateOf('awaiting approval'));

  await made.local.waitFor(() => posts(made) === 1);
  expect(made.slack.reached().ok).toBe(true);
  await made.local.waitFor(() => made.store.allTold);
  const [first, second] = made.local.calls.filter(({ method }) => method === 'chat.postMessage');
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

test('a post that may have arrived is repeated with a mark', async () => {
  const made = await bot();
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);
  made.local.faults.failNext('chat.postMessage', { cut: 'after' });

  made.store.tell(note('Switched.'));
  made.slack.wake();

  await made.local.waitFor(() => made.store.allTold);
  const ts = made.local.messages()[0]?.ts ?? '';
  expect(made.local.replies(ts).map(({ text }) => text)).toEqual([
    'Switched.',
    'Switched. (repeated: Slack did not answer the first time)',
  ]);
});

test('a post that was under way at a kill is repeated with a mark, and its buttons are the ones that count', async () => {
  const first = await bot();
  first.local.faults.failNext('chat.postMessage', { cut: 'after' });
  first.local.faults.failNext('chat.postMessage', { hang: true });
  first.show(stateOf('awaiting approval'));
  await first.local.waitFor(() => posts(first) === 2);
  const killed = first.store.afterKill();
  await first.slack.deafen();

  const second = await bot({ running: first.local, store: killed });

  await second.local.waitFor(() => second.store.allTold);
  const [old, newest] = second.local.messages();
  expect(visibleText(newest ?? { text: '' })).toContain('(repeated after restart)');
  expect(visibleText(old ?? { text: '' })).not.toContain('(repeated');
  const late = await second.local.asUser('ann').press(old ?? ({} as never), 'Approve');
  await second.local.waitFor(() => late.answers.length > 0);
  expect(second.asked).toEqual([]);
  await second.local.asUser('ann').press(newest ?? ({} as never), 'Approve');
  await second.local.waitFor(() => second.asked.length === 1);
  const third = await bot({ running: first.local, store: second.store.afterKill() });
  third.show(stateOf('switching'));
  await third.local.waitFor(() => third.store.allTold);
  // Both copies still stand in the channel, whatever was edited and started meanwhile.
  const edited = third.local.message(newest?.ts ?? '');
  expect(visibleText(edited ?? { text: '' })).toMatch(/Switching(.|\n)*\(repeated after restart\)/);
});

test('an edit under way at a kill is made again without a mark', async () => {
  const first = await bot();
  first.show(stateOf('awaiting approval'));
  await first.local.waitFor(() => first.store.allTold);
  first.local.faults.failNext('chat.update', { hang: true });
  first.show(stateOf('switching'));
  await first.local.waitFor(({ calls }) => calls.some(({ method }) => method === 'chat.update'));
  const killed = first.store.afterKill();

  const second = await bot({ running: first.local, store: killed });

  await second.local.waitFor(() => second.store.allTold);
  const [message, ...others] = second.local.messages();
  expect(others).toEqual([]);
  expect(visibleText(message ?? { text: '' }).split('\n')[0]).toBe('checkout-42 · Switching');
  expect(visibleText(message ?? { text: '' })).not.toContain('(repeated');
});

test('where Slack refuses the blocks, the words go alone and no button is left', async () => {
  const made = await bot();
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);
  made.local.faults.failNext('chat.update', { error: 'invalid_blocks' });

  made.show(stateOf('completed'));

  await made.local.waitFor(() => made.store.allTold);
  const [message] = made.local.messages();
  expect(buttonsOf(message ?? {})).toEqual([]);
  expect(message?.blocks).toBeUndefined();
  expect(message?.text.split('\n')[0]).toBe('checkout-42 · Completed');
});

test.each(['message_not_found', 'cant_update_message'])(
  'a card that cannot be edited (%s) is posted anew, and lives there from then on',
  async (error) => {
    const made = await bot();
    made.show(stateOf('awaiting approval'));
    await made.local.waitFor(() => made.store.allTold);
    made.local.faults.failNext('chat.update', { error });

    made.show(stateOf('switching'));
    await made.local.waitFor(() => made.store.allTold);
    made.show(stateOf('verifying'));
    await made.local.waitFor(() => made.store.allTold);

    const titles = made.local.messages().map((one) => visibleText(one).split('\n')[0]);
    expect(titles).toEqual(['checkout-42 · Awaiting approval', 'checkout-42 · Verifying']);
    expect(made.store.posted).toHaveLength(2);
  },
);

test('a channel that takes nothing is named in readiness, and the others go on', async () => {
  const made = await bot();
  const away = { ...stateOf('awaiting approval'), message: { channel: 'C0GONE', ts: '1.2' } };
  made.show({ ...away, id: 'billing-1' });
  made.show(stateOf('awaiting approval'));

  await made.local.waitFor((slack) => slack.messages().length === 1);
  await made.local.waitFor(() => !made.slack.reached().ok);

  expect(made.slack.reached().why).toEqual([
    'Nothing can be posted to #C0GONE: Slack knows no such channel, or it is private and the bot is not in it. Check `channel` in the configuration, or invite the bot there.',
  ]);
  expect(made.slack.awayMs()).toBe(0);
  expect(made.store.allTold).toBe(false);
});

test.each([
  ['not_in_channel', 'the bot is not in it. Invite it there with `/invite @pointsman`'],
  ['is_archived', 'it is archived. Unarchive it, or name another one in the configuration'],
  [
    'restricted_action',
    'posting is restricted there. Let the bot post, or name another one in the configuration',
  ],
])(
  'who asked learns that a message is not in its channel for %s; asking again tries again',
  async (error, why) => {
    const made = await bot();
    made.local.faults.failNext('chat.postMessage', { error });
    made.show(stateOf('awaiting approval'));

    const first = await made.slack.untold('checkout-42');
    const away = made.slack.whyAway('checkout');
    const second = await made.slack.untold('checkout-42');

    expect(first).toBe(`Nothing can be posted to #C0RELEASES: ${why}.`);
    expect(away).toEqual([first]);
    expect(second).toBeUndefined();
    expect(made.local.messages()).toHaveLength(1);
    expect(made.slack.whyAway('checkout')).toEqual([]);
  },
);

test('a full disk repeats no message', async () => {
  const made = await bot();
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);
  made.store.broken = true;
  made.store.tell(note('The journal is full.'));
  made.slack.wake();
  const ts = made.local.messages()[0]?.ts ?? '';
  await made.local.waitFor((slack) => slack.replies(ts).length === 1);
  const rounds = made.logged.length;
  await made.local.waitFor(() => made.logged.length > rounds + 2);

  made.store.broken = false;
  await made.local.waitFor(() => made.store.allTold);

  expect(made.local.replies(ts).map(({ text }) => text)).toEqual(['The journal is full.']);
});

test('progress is one edit in two seconds, with the newest numbers', async () => {
  const made = await bot({ timings: usualTimings });
  made.show(stateOf('baking'));
  await made.local.waitFor(() => made.store.allTold);
  const readings = ['lb-1', 'lb-2', 'lb-3'].map((node) => aReading(node, 'green'));

  for (let done = 1; done <= 50; done += 1) {
    made.slack.showProgress('checkout-42', { text: 'Baking', done, total: 50, readings });
  }

  const edits = () => made.local.calls.filter(({ method }) => method === 'chat.update');
  await made.local.waitFor(() => edits().length > 0);
  const [post] = made.local.calls.filter(({ method }) => method === 'chat.postMessage');
  expect(edits()).toHaveLength(1);
  expect((edits()[0]?.at ?? 0) - (post?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
  const [message] = made.local.messages();
  expect(visibleText(message ?? { text: '' })).toContain(`${'▰'.repeat(20)} 100 %`);
  expect(visibleText(message ?? { text: '' })).toContain('Rollback ready 3/3');
});

test('states that follow each other quickly are one edit in two seconds, the last one shown', async () => {
  const made = await bot({ timings: usualTimings });
  made.show(stateOf('awaiting approval'));
  await made.local.waitFor(() => made.store.allTold);

  for (const state of [
    'switching',
    'verifying',
    'smoking',
    'baking',
    'awaiting acceptance',
  ] as const) {
    made.show(stateOf(state));
    made.store.tell(note(state));
    made.slack.wake();
    await made.local.waitFor((slack) => slack.calls.length > 0);
  }

  await made.local.waitFor(() => made.store.allTold);
  const edits = made.local.calls
    .filter(({ method }) => method === 'chat.update')
    .map(({ at }) => at);
  const gaps = edits.slice(1).map((at, i) => at - (edits[i] ?? 0));
  expect(edits.length).toBeLessThanOrEqual(3);
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(1_900);
  const [message] = made.local.messages();
  expect(visibleText(message ?? { text: '' })).toContain('checkout-42 · Awaiting acceptance');
});

test('progress that cannot be shown holds nothing up', async () => {
  const made = await bot();
  made.show(stateOf('baking'));
  await made.local.waitFor(() => made.store.allTold);
  made.local.faults.failNext('chat.update', { error: 'message_not_found' });
  made.slack.showProgress('checkout-42', { text: 'Baking', done: 1, total: 2 });
  await made.local.waitFor(({ calls }) => calls.some(({ method }) => method === 'chat.update'));

  made.store.tell(note('next'));
  made.slack.wake();

  await made.local.waitFor(() => made.store.allTold);
  expect(made.local.messages()).toHaveLength(1);
});

test('a release that ended while Slack was away is told in order when it is back', async () => {
  const made = await bot();
  made.local.faults.down();
  await made.local.waitFor(() => !made.slack.reached().ok);
  made.show(aRelease().then({ kind: 'awaiting_approval', deadline: later }).release);
  made.store.tell(note('approved'), note('switched'));
  made.show(stateOf('completed'));
  made.store.tell(note('done'));
  await made.local.waitFor(() => made.slack.awayMs() > 300);

  made.local.faults.up();

  await made.local.waitFor(() => made.store.allTold, 20_000);
  const [message, ...others] = made.local.messages();
  expect(others).toEqual([]);
  expect(visibleText(message ?? { text: '' }).split('\n')[0]).toBe('checkout-42 · Completed');
  expect(made.local.replies(message?.ts ?? '').map(({ text }) => text)).toEqual([
    'approved',
    'switched',
    'done',
  ]);
  await made.local.waitFor(() => made.slack.reached().ok, 20_000);
  expect(made.slack.awayMs()).toBe(0);
});
