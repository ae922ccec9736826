import { afterEach, expect, test } from 'vitest';
import { buttonsOf, visibleText } from '../../demo/slack/message.ts';
import { localWorkspace } from '../../demo/slack/workspace.ts';
import { helpLines } from '../../src/commands/help-lines.ts';
import { type ABot, aBot, type BotWish } from './a-bot.ts';
import { aRelease, later } from './a-release.ts';

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

const awaiting = () => aRelease().then({ kind: 'awaiting_approval', deadline: later }).release;

for (const mode of ['socket', 'http'] as const) {
  test(`a slash command is taken, asked and answered for the asker's eyes only, by ${mode}`, async () => {
    const { local, asked, ...made } = await bot({ mode });
    // A first question, so that her time zone is known however slow this machine is.
    const first = await local.asUser('rita').command('/release-status');
    await local.waitFor(({ calls }) => calls.some(({ method }) => method === 'users.info'));
    await local.waitFor(() => first.answers.length > 0);
    asked.length = 0;

    const typed = await local.asUser('rita').command('/release', 'checkout because <b> & @ann');

    expect(typed.ack).toBe('acknowledged');
    await local.waitFor(() => typed.answers.length > 0);
    expect(asked).toEqual([
      {
        command: { kind: 'release', service: 'checkout', because: 'checkout because <b> & @U0ANN' },
        asker: {
          actor: 'U0RITA',
          timezone: 'Europe/Berlin',
          door: 'slack',
          team: 'T0LOCAL',
          channel: 'C0RELEASES',
          request: `slash:${typed.triggerId}`,
          foreign: false,
        },
      },
    ]);
    expect(typed.answers.map(({ text }) => text)).toEqual(['It is done.']);
    expect(local.messages()).toEqual([]);
    expect(made.slack.reached().ok).toBe(true);
  });

  test(`a press is asked with what the presser saw, by ${mode}`, async () => {
    const made = await bot({ mode });
    made.show(awaiting());
    const message = await made.local.waitFor((slack) => slack.messages()[0]);

    const pressed = await made.local.asUser('ann').press(message, 'Approve');

    expect(pressed.ack).toBe('acknowledged');
    await made.local.waitFor(() => made.asked.length > 0);
    const { asker, command } = made.asked[0] ?? {};
    expect(command).toEqual({ kind: 'approve', of: 'checkout-42', seen: 'abcdef012345' });
    expect(asker).toMatchObject({
      actor: 'U0ANN',
      channel: 'C0RELEASES',
      message: message.ts,
      foreign: false,
    });
    expect(asker?.request).toMatch(
      new RegExp(`^press:C0RELEASES:${message.ts}:approve:U0ANN:[0-9.]+$`),
    );
  });

  test(`eleven copies of one press are asked once, by ${mode}`, async () => {
    const made = await bot({ mode });
    made.show(awaiting());
    const message = await made.local.waitFor((slack) => slack.messages()[0]);
    made.local.faults.deliverTimes(11, { envelopes: 'different' });

    await made.local.asUser('ann').press(message, 'Approve');

    await made.local.waitFor(() => made.asked.length > 0);
    await made.slack.deafen();
    expect(made.asked).toHaveLength(1);
  });
}

test('two presses of one person at different times are two requests', async () => {
  const made = await bot();
  made.show(awaiting());
  const message = await made.local.waitFor((slack) => slack.messages()[0]);

  await made.local.asUser('ann').press(message, 'Approve');
  await made.local.asUser('ann').press(message, 'Approve');

  await made.local.waitFor(() => made.asked.length === 2);
  expect(new Set(made.asked.map(({ asker }) => asker.request)).size).toBe(2);
});

test('copies of a question are answered once', async () => {
  const made = await bot();
  made.local.faults.deliverTimes(11, { envelopes: 'different' });

  const typed = await made.local.asUser('sam').command('/release-status');

  await made.local.waitFor(() => typed.answers.length > 0);
  await made.slack.deafen();
  expect(typed.answers).toHaveLength(1);
  expect(made.asked).toHaveLength(1);
});

/** A Slack behind a gateway that passes `/status` on. */
const passesStatusOn: BotWish = {
  local: {
    workspace: {
      commands: [
        ...localWorkspace.commands,
        { command: '/status', description: 'The same', usageHint: '' },
      ],
    },
  },
};

test('where Slack passes it on, /status is the same command; one that is not ours is refused by name', async () => {
  const made = await bot(passesStatusOn);
  const sam = made.local.asUser('sam');

  await sam.command('/status', 'checkout');
  await sam.command('/release-status', 'checkout');
  const foreign = await sam.command('/deploy', 'checkout');

  await made.local.waitFor(() => foreign.answers.length > 0 && made.asked.length === 2);
  expect(made.asked.map(({ command }) => command)).toEqual(
    Array(2).fill({ kind: 'status', service: 'checkout' }),
  );
  expect(foreign.ack).toBe('acknowledged');
  expect(foreign.answers[0]?.text).toBe(
    'Refused: `/deploy` is not a command of Pointsman. It answers `/release`, `/rollback`, `/release-status`.',
  );
});

test('Slack keeps /status for itself, and the app hears nothing of it', async () => {
  const made = await bot();

  const typed = await made.local.asUser('sam').command('/status', 'history checkout');

  expect(typed.answers.map(({ text }) => text)).toEqual([
    "`/status` is Slack's own command: no app hears of it.",
  ]);
  expect(made.local.deliveries).toEqual([]);
});

const hints = '`/release-status history` and `/release abort x`';

test.each<[string, string, NonNullable<BotWish['commands']>?]>([
  ['/release-status', hints],
  ['/status', '`/status history` and `/release abort x`'],
  [
    '/ship',
    '`/live history` and `/ship abort x`',
    { release: ['/release', '/ship'], status: ['/status', '/live'] },
  ],
  [
    '/release',
    '`/live history` and `/release abort x`',
    { release: ['/ship', '/release'], status: ['/status', '/live'] },
  ],
])(
  'an answer to %s names it as it was typed, and the others as Slack passes them on',
  async (typed, named, own = {}) => {
    const made = await bot({ ...passesStatusOn, commands: own });
    made.answer = () => ({ kind: 'refused', text: hints });

    const asked = await made.local.asUser('sam').command(typed, 'x');

    await made.local.waitFor(() => asked.answers.length > 0);
    expect(asked.answers[0]?.text).toBe(named);
  },
);

test('in a thread, where Slack knows no commands, an answer names the mention', async () => {
  const made = await bot();
  made.answer = () => ({ kind: 'refused', text: hints });
  const sam = made.local.asUser('sam');

  sam.mention('status x');

  await made.local.waitFor(() => sam.ephemerals.length > 0);
  expect(sam.ephemerals[0]?.text).toBe(
    '`@pointsman status history` and `@pointsman release abort x`',
  );
});

test('messages and the Home tab name commands as Slack passes them on', async () => {
  const made = await bot({ commands: { rollback: ['/back'], status: ['/status', '/live'] } });
  made.answer = ({ command }) =>
    command.kind === 'help'
      ? { kind: 'help', topic: command.topic, lines: helpLines(command.topic) }
      : { kind: 'silent' };

  made.store.tell({ kind: 'channel', text: 'See `/release-status x`, or `/rollback x`.' });
  made.slack.wake();
  made.local.asUser('sam').openHome();

  await made.local.waitFor((slack) => slack.messages().length > 0 && slack.home('sam'));
  expect(made.local.messages().map(({ text }) => text)).toEqual(['See `/live x`, or `/back x`.']);
  const home = JSON.stringify(made.local.home('sam'));
  expect(home).toContain('`/live history');
  expect(home).not.toContain('/status');
  expect(home).not.toContain('/rollback');
});

test('the ack does not wait for the work', async () => {
  const made = await bot({ local: { ackDeadlineMs: 500 } });
  let finish: (() => void) | undefined;
  made.answer = () =>
    new Promise((resolve) => {
      finish = () => resolve({ kind: 'done', text: 'At last.' });
    });

  const typed = await made.local.asUser('rita').command('/release', 'checkout');

  expect(typed.ack).toBe('acknowledged');
  await made.local.waitFor(() => finish !== undefined);
  finish?.();
  await made.local.waitFor(() => typed.answers[0]?.text === 'At last.');
});

test('what is not understood is answered without asking', async () => {
  const made = await bot();

  const typed = await made.local.asUser('rita').command('/release', 'hm');

  await made.local.waitFor(() => typed.answers.length > 0);
  expect(typed.answers[0]?.text).toBe('Refused: "hm" is no service.');
  expect(made.asked).toEqual([]);
});

test('a door that throws is answered as a malfunction, without its words', async () => {
  const made = await bot();
  made.answer = () => {
    throw new Error('secret inner words');
  };

  const typed = await made.local.asUser('rita').command('/release', 'checkout');

  await made.local.waitFor(() => typed.answers.length > 0);
  expect(typed.answers[0]?.text).toBe(
    'Something went wrong, and it may not have been done. The log has the rest.',
  );
});

test('a mention is answered in its thread for all, a refusal to its author alone', async () => {
  const made = await bot();
  const ann = made.local.asUser('ann');
  const root = ann.say('what holds?');

  ann.mention('status checkout', root.ts);
  await made.local.waitFor((slack) => slack.replies(root.ts).length === 2);
  made.answer = () => ({ kind: 'refused', text: 'Refused: not you.' });
  const said = ann.mention('release checkout because &lt;why&gt;');
  await made.local.waitFor(() => ann.ephemerals.length > 0);

  expect(made.asked.map(({ command }) => command)).toEqual([
    { kind: 'status', service: 'checkout' },
    { kind: 'release', service: 'checkout', because: 'checkout because &lt;why&gt;' },
  ]);
  expect(made.local.replies(root.ts).at(-1)?.text).toBe('It is done.');
  expect(ann.ephemerals.map(({ text, thread_ts }) => ({ text, thread_ts }))).toEqual([
    { text: 'Refused: not you.', thread_ts: said.ts },
  ]);
});

test('a mention that is no command gets a sentence', async () => {
  const made = await bot();
  const ann = made.local.asUser('ann');

  ann.mention('please help us');

  await made.local.waitFor(() => ann.ephemerals.length > 0);
  expect(ann.ephemerals[0]?.text).toMatch(/^I understand `release`, `rollback` and `status`/);
  expect(made.asked).toEqual([]);
});

test('a refused press is answered to the presser alone, and an accepted one by the card', async () => {
  const made = await bot();
  made.show(awaiting());
  const message = await made.local.waitFor((slack) => slack.messages()[0]);
  made.answer = () => ({ kind: 'refused', text: 'Refused: you asked for it yourself.' });

  const refused = await made.local.asUser('rita').press(message, 'Approve');
  await made.local.waitFor(() => refused.answers.length > 0);
  made.answer = () => ({ kind: 'done', text: 'You approved it.' });
  const done = await made.local.asUser('ann').press(message, 'Approve');
  await made.slack.deafen();

  expect(refused.answers[0]?.text).toBe('Refused: you asked for it yourself.');
  expect(done.answers).toEqual([]);
});

test('a press on an older copy of a message is refused, and that copy loses its buttons', async () => {
  const made = await bot();
  made.show(awaiting());
  const old = await made.local.waitFor((slack) => slack.messages()[0]);
  const release = made.store.release('checkout-42');
  await made.local.waitFor(() => made.store.allTold);
  made.store.releases.set('checkout-42', {
    ...(release ?? awaiting()),
    message: { channel: 'C0RELEASES', ts: '1.2' },
  });

  const pressed = await made.local.asUser('ann').press(old, 'Approve');

  await made.local.waitFor(() => pressed.answers.length > 0);
  expect(made.asked).toEqual([]);
  expect(made.refused.map(({ command, asker }) => [command.kind, asker.actor])).toEqual([
    ['approve', 'U0ANN'],
  ]);
  expect(pressed.answers[0]?.text).toMatch(/^Refused: you pressed on an older copy/);
  expect(visibleText(made.local.message(old.ts) ?? old)).toBe(
    'checkout-42: this is an older copy. The newest message of checkout-42 has the buttons that count.',
  );
});

test('a button that is not ours is acknowledged and explained', async () => {
  const made = await bot();
  await new Promise<void>((resolve, reject) => {
    const { apiUrl, botToken } = made.local;
    const button = {
      type: 'button',
      action_id: 'promote',
      value: 'checkout-42',
      text: { type: 'plain_text', text: 'Promote' },
    };
    fetch(`${apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        channel: 'C0RELEASES',
        text: 'old',
        blocks: [{ type: 'actions', elements: [button] }],
      }),
    }).then(() => resolve(), reject);
  });
  const message = await made.local.waitFor((slack) => slack.messages()[0]);

  const pressed = await made.local.asUser('ann').press(message, 'Promote');

  await made.local.waitFor(() => pressed.answers.length > 0);
  expect(pressed.ack).toBe('acknowledged');
  expect(pressed.answers[0]?.text).toMatch(/^This button is not one of Pointsman’s any more/);
  expect(made.asked).toEqual([]);
});

test('a notice says who answered it, in the place of its buttons', async () => {
  const made = await bot();
  made.store.tell({
    kind: 'channel',
    service: 'checkout',
    text: 'lb-3 reloaded at 14:02 and is back on blue',
    reapply: { side: 'green', found: 'blue' },
  });
  made.slack.wake();
  const notice = await made.local.waitFor((slack) => slack.messages()[0]);

  const pressed = await made.local.asUser('rita').press(notice, 'Accept blue');
  await made.local.waitFor(() => pressed.answers.length > 0);

  expect(made.asked[0]?.command).toEqual({ kind: 'accept_side', of: 'checkout', side: 'blue' });
  expect(visibleText(made.local.message(notice.ts) ?? notice).split('\n')).toEqual([
    'lb-3 reloaded at 14:02 and is back on blue',
    '✓ Accept blue: <@U0RITA>',
  ]);
});

test('a notice whose drift is over loses its buttons at the next press, and who pressed is told', async () => {
  const made = await bot();
  made.answer = () => ({ kind: 'refused', text: 'Refused: it is over.', outdated: true });
  made.store.tell({
    kind: 'channel',
    service: 'checkout',
    text: 'lb-3 reloaded at 14:02 and is back on blue',
    reapply: { side: 'green', found: 'blue' },
  });
  made.slack.wake();
  const notice = await made.local.waitFor((slack) => slack.messages()[0]);

  const pressed = await made.local.asUser('rita').press(notice, 'Accept blue');
  await made.local.waitFor(() => pressed.answers.length > 0);

  expect(pressed.answers.map(({ text }) => text)).toEqual(['Refused: it is over.']);
  const now = made.local.message(notice.ts) ?? notice;
  expect(buttonsOf(now)).toEqual([]);
  expect(visibleText(now).split('\n')).toEqual([
    'lb-3 reloaded at 14:02 and is back on blue',
    'Outdated: the nodes have changed since this message.',
  ]);
});

test('a notice loses its buttons when the drift of its service ends, also after a restart, and keeps who answered', async () => {
  const made = await bot();
  const choice = { reapply: 'green', accept: 'blue' } as const;
  made.store.tell({
    kind: 'channel',
    service: 'checkout',
    text: 'Two services drifted.',
    offers: [
      { service: 'checkout', choice },
      { service: 'search', choice },
    ],
  });
  made.slack.wake();
  await made.local.waitFor(() => made.store.allTold);
  const [notice] = made.local.messages();
  const now = () => ({ text: '', blocks: [], ...made.local.message(notice?.ts ?? '') });
  const again = buttonsOf(now()).find(({ blockId }) => blockId === 'service:search');
  made.answer = () => ({ kind: 'done', text: 'It is being written.' });

  await made.local.asUser('olaf').press(notice ?? ({} as never), again ?? '');
  await made.local.waitFor(() => buttonsOf(now()).length === 2);
  made.slack.driftOver('checkout');
  await made.local.waitFor(() => buttonsOf(now()).length === 0);

  const text = visibleText(now());
  expect(text).toContain('Over: every node is as it should be again.');
  expect(text).toMatch(/✓ Re-apply: /);
  await made.local.waitFor(() => made.store.questions().length === 0);

  made.store.tell({
    kind: 'channel',
    service: 'checkout',
    text: 'It drifted again.',
    reapply: { side: 'green', found: 'blue' },
  });
  made.slack.wake();
  await made.local.waitFor(() => made.store.allTold);
  const next = await bot({ running: made.local, store: made.store.afterKill() });
  const newest = () => ({ text: '', blocks: [], ...made.local.messages().at(-1) });
  expect(buttonsOf(newest())).toHaveLength(2);
  next.slack.driftOver('search');
  next.slack.driftOver('checkout');
  await made.local.waitFor(() => buttonsOf(newest()).length === 0);
  expect(visibleText(newest())).toContain('It drifted again.');
});

test('people of another installation are marked foreign at the door', async () => {
  const people = [
    {
      id: 'U0FAR',
      name: 'far',
      realName: 'Far Away',
      timezone: 'UTC',
      title: '',
      may: '',
      teamId: 'T0ELSE',
    },
  ];
  const made = await bot({ local: { workspace: { people } } });

  await made.local.asUser('far').command('/release', 'checkout');
  made.local.asUser('far').mention('rollback checkout');
  await made.local.waitFor(() => made.asked.length === 2);

  expect(made.asked.map(({ asker }) => [asker.team, asker.foreign])).toEqual([
    ['T0ELSE', true],
    ['T0ELSE', true],
  ]);
  const far = made.asked[0]?.asker.actor ?? ('' as never);
  const standing = await made.slack.standingOf(far, 'fresh');
  expect(standing).toMatchObject({ foreign: true, roles: new Set() });
});

test('the Home tab shows the help of all three commands', async () => {
  const made = await bot();
  made.answer = ({ command }) =>
    command.kind === 'help'
      ? { kind: 'help', topic: command.topic, lines: [`/${command.topic} <service>`] }
      : { kind: 'silent' };

  made.local.asUser('sam').openHome();

  const home = await made.local.waitFor((slack) => slack.home('sam'));
  expect(visibleText({ text: '', ...(home as { blocks: never }) })).toContain(
    '/rollback &lt;service&gt;',
  );
});

test('stop waits for the work that was begun, and answers it', async () => {
  const made = await bot();
  let finish: (() => void) | undefined;
  made.answer = () =>
    new Promise((resolve) => {
      finish = () => resolve({ kind: 'done', text: 'Done while stopping.' });
    });
  const typed = await made.local.asUser('rita').command('/release', 'checkout');
  await made.local.waitFor(() => finish !== undefined);

  let stopped = false;
  const stopping = made.slack.stop().then(() => {
    stopped = true;
  });
  await made.local.waitFor((slack) => slack.connections === 0);
  expect(stopped).toBe(false);
  finish?.();
  await stopping;

  expect(typed.answers[0]?.text).toBe('Done while stopping.');
});

test('nothing that is logged holds a token, a response_url or a trigger id', async () => {
  const made = await bot();
  made.local.faults.failNext('chat.postMessage', { status: 500 });
  made.show(awaiting());

  const typed = await made.local.asUser('rita').command('/release', 'checkout');
  await made.local.waitFor(() => typed.answers.length > 0 && made.store.allTold);

  const log = made.logged.join('');
  expect(log).not.toBe('');
  const { botToken, appToken } = made.local;
  for (const secret of [botToken, appToken, typed.triggerId, typed.responseUrl]) {
    expect(log).not.toContain(secret);
  }
});
