import { LogLevel, WebClient } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { aSlack, call } from './open-slacks.ts';

describe('tokens', () => {
  test('a call without a token, with a wrong one or with the other kind is refused as Slack does', async () => {
    const slack = await aSlack();

    const answers = [
      await call(slack, 'auth.test', {}, null),
      await call(slack, 'auth.test', {}, 'xoxb-wrong'),
      await call(slack, 'auth.test', {}, slack.appToken),
      await call(slack, 'apps.connections.open', {}, slack.botToken),
      await call(slack, 'chat.nothing'),
    ];

    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, { ok: false, error: 'not_authed' }],
      [200, { ok: false, error: 'invalid_auth' }],
      [200, { ok: false, error: 'not_allowed_token_type' }],
      [200, { ok: false, error: 'not_allowed_token_type' }],
      [200, { ok: false, error: 'unknown_method', req_method: 'chat.nothing' }],
    ]);
  });

  test('auth.test tells who the bot is', async () => {
    const slack = await aSlack();

    const { body } = await call(slack, 'auth.test');

    expect(body).toEqual({
      ok: true,
      url: `${slack.url}/`,
      team: 'Harbour',
      user: 'pointsman',
      team_id: 'T0LOCAL',
      user_id: 'U0POINTSMAN',
      bot_id: 'B0POINTSMAN',
      is_enterprise_install: false,
    });
  });
});

describe('chat', () => {
  test('a posted message is kept with its text escaped and its blocks named', async () => {
    const slack = await aSlack();
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'a < b & <@U0ANN>' } }];

    const { body } = await call(slack, 'chat.postMessage', {
      channel: '#releases',
      text: '5 > 3 &amp; <!channel> <nonsense>',
      blocks,
    });

    const ts = String(body.ts);
    const message = {
      type: 'message',
      ts,
      channel: 'C0RELEASES',
      user: 'U0POINTSMAN',
      team: 'T0LOCAL',
      bot_id: 'B0POINTSMAN',
      app_id: 'A0POINTSMAN',
      text: '5 &gt; 3 &amp; <!channel> &lt;nonsense&gt;',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'a &lt; b &amp; <@U0ANN>' },
          block_id: 'auto-0',
        },
      ],
    };
    expect(body).toEqual({ ok: true, channel: 'C0RELEASES', ts, message });
    expect(slack.messages()).toEqual([message]);
  });

  test('a reply is counted at its root and shown in the channel only when broadcast', async () => {
    const slack = await aSlack();
    const { body: root } = await call(slack, 'chat.postMessage', {
      channel: 'C0RELEASES',
      text: 'root',
    });
    const inThread = { channel: 'C0RELEASES', thread_ts: String(root.ts) };

    await call(slack, 'chat.postMessage', { ...inThread, text: 'quiet' });
    const { body: loud } = await call(slack, 'chat.postMessage', {
      ...inThread,
      text: 'loud',
      reply_broadcast: 'true',
    });

    expect(
      slack.messages().map(({ text, subtype, reply_count }) => [text, subtype, reply_count]),
    ).toEqual([
      ['root', undefined, 2],
      ['loud', 'thread_broadcast', undefined],
    ]);
    expect(slack.replies(String(root.ts)).map(({ text }) => text)).toEqual(['quiet', 'loud']);
    expect(slack.message(String(root.ts))?.latest_reply).toBe(loud.ts);
  });

  test('an edit with text alone takes the blocks away and marks the message as edited', async () => {
    const slack = await aSlack();
    const { body } = await call(slack, 'chat.postMessage', {
      channel: 'C0RELEASES',
      text: 'before',
      blocks: [{ type: 'divider' }],
    });
    const ts = String(body.ts);

    await call(slack, 'chat.update', { channel: 'C0RELEASES', ts, text: 'after' });

    const message = slack.message(ts);
    expect(message).toEqual({
      type: 'message',
      ts,
      channel: 'C0RELEASES',
      user: 'U0POINTSMAN',
      team: 'T0LOCAL',
      bot_id: 'B0POINTSMAN',
      app_id: 'A0POINTSMAN',
      text: 'after',
      edited: { user: 'U0POINTSMAN', ts: message?.edited?.ts },
    });
  });

  test('what Slack refuses is refused by its word', async () => {
    const slack = await aSlack({
      workspace: {
        channels: [
          { id: 'C0RELEASES', name: 'releases', topic: '' },
          { id: 'C0CLOSED', name: 'closed', topic: '', appIsMember: false },
        ],
      },
    });
    const channel = 'C0RELEASES';
    const theirs = slack.asUser('rita').say('mine');
    const { body: ours } = await call(slack, 'chat.postMessage', { channel, text: 'ours' });

    const errors = [];
    for (const [method, args] of [
      ['chat.postMessage', { channel: 'C0NOWHERE', text: 'x' }],
      ['chat.postMessage', { channel: 'C0CLOSED', text: 'x' }],
      ['chat.postMessage', { channel }],
      ['chat.postMessage', { channel, text: 'x'.repeat(40_001) }],
      ['chat.postMessage', { channel, text: 'x', thread_ts: '1.000001' }],
      ['chat.postMessage', { channel, text: 'x', blocks: '{not json' }],
      ['chat.update', { channel, ts: '1.000001', text: 'x' }],
      ['chat.update', { channel, ts: theirs.ts, text: 'x' }],
      ['chat.update', { channel, ts: ours.ts, text: 'x'.repeat(4001) }],
      ['chat.delete', { channel, ts: theirs.ts }],
      ['chat.postEphemeral', { channel, user: 'U0NOBODY', text: 'x' }],
      ['conversations.info', { channel: 'C0NOWHERE' }],
      ['users.info', { user: 'U0NOBODY' }],
      ['usergroups.users.list', { usergroup: 'S0NONE' }],
    ] as const) {
      const { body } = await call(slack, method, args);
      errors.push(`${method} ${body.error}`);
    }

    expect(errors).toEqual([
      'chat.postMessage channel_not_found',
      'chat.postMessage not_in_channel',
      'chat.postMessage no_text',
      'chat.postMessage msg_too_long',
      'chat.postMessage thread_not_found',
      'chat.postMessage invalid_blocks_format',
      'chat.update message_not_found',
      'chat.update cant_update_message',
      'chat.update msg_too_long',
      'chat.delete cant_delete_message',
      'chat.postEphemeral user_not_in_channel',
      'conversations.info channel_not_found',
      'users.info user_not_found',
      'usergroups.users.list no_such_subteam',
    ]);
    expect(slack.messages().map(({ text }) => text)).toEqual(['mine', 'ours']);
  });

  test('wrong blocks are refused with what is wrong and where', async () => {
    const slack = await aSlack();
    const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];

    const { body } = await call(slack, 'chat.postMessage', {
      channel: 'C0RELEASES',
      text: 'x',
      blocks,
    });

    const sentence = 'must be less than 151 characters [json-pointer:/blocks/0/text/text]';
    expect(body).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: [sentence],
      response_metadata: { messages: [`[ERROR] ${sentence}`] },
    });
  });

  test('an ephemeral message reaches its person and nobody else', async () => {
    const slack = await aSlack();

    await call(slack, 'chat.postEphemeral', { channel: 'C0RELEASES', user: 'U0SAM', text: 'no' });

    expect(slack.ephemerals('sam').map(({ text, is_ephemeral }) => [text, is_ephemeral])).toEqual([
      ['no', true],
    ]);
    expect([slack.ephemerals('rita'), slack.messages()]).toEqual([[], []]);
  });
});

describe('people', () => {
  test('users.info tells the time zone, and that a person is from elsewhere', async () => {
    const slack = await aSlack({
      workspace: {
        people: [
          {
            id: 'U0EVE',
            name: 'eve',
            realName: 'Eve Elsewhere',
            timezone: 'Asia/Kolkata',
            title: 'Guest',
            may: 'Nothing',
            teamId: 'T0OTHER',
          },
        ],
      },
    });

    const { body } = await call(slack, 'users.info', { user: 'U0EVE' });

    expect(body.user).toMatchObject({
      id: 'U0EVE',
      team_id: 'T0OTHER',
      is_stranger: true,
      tz: 'Asia/Kolkata',
      tz_offset: 19_800,
    });
  });

  test('groups are told as they are now, and not at all on a free plan', async () => {
    const slack = await aSlack();

    slack.setGroup('S0LEADS', ['U0ANN', 'U0OLAF']);
    const { body: paid } = await call(slack, 'usergroups.users.list', { usergroup: 'S0LEADS' });
    slack.paidPlan = false;
    const { body: free } = await call(slack, 'usergroups.users.list', { usergroup: 'S0LEADS' });

    expect(paid).toEqual({ ok: true, users: ['U0ANN', 'U0OLAF'] });
    expect(free).toEqual({ ok: false, error: 'plan_upgrade_required' });
  });
});

describe('faults', () => {
  const patiently = { retryConfig: { retries: 1 }, logLevel: LogLevel.ERROR };

  test('a rate limit comes as 429 with Retry-After, and Slack’s client waits it out', async () => {
    const slack = await aSlack();
    const client = new WebClient(slack.botToken, { ...patiently, slackApiUrl: slack.apiUrl });
    slack.faults.failNext('chat.postMessage', { retryAfter: 1 });

    const answer = await client.chat.postMessage({ channel: 'C0RELEASES', text: 'late' });

    expect(answer.ok).toBe(true);
    expect(slack.calls.map(({ method, fault }) => [method, fault])).toEqual([
      ['chat.postMessage', { retryAfter: 1 }],
      ['chat.postMessage', undefined],
    ]);
  });

  test('a cut after the deed leaves the message and no answer, a cut before leaves neither', async () => {
    const slack = await aSlack();
    const post = (text: string) => call(slack, 'chat.postMessage', { channel: 'C0RELEASES', text });
    slack.faults.failNext('chat.postMessage', { cut: 'after' });
    slack.faults.failNext('chat.postMessage', { cut: 'before' });

    await expect(post('done')).rejects.toThrow('fetch failed');
    await expect(post('not done')).rejects.toThrow('fetch failed');

    expect(slack.messages().map(({ text }) => text)).toEqual(['done']);
  });

  test('while Slack is down every method fails, and works again afterwards', async () => {
    const slack = await aSlack();

    slack.faults.down();
    const down = await call(slack, 'auth.test');
    slack.faults.up();
    const up = await call(slack, 'auth.test');

    expect([down.status, up.status, up.body.ok]).toEqual([503, 200, true]);
  });

  test('a call that hangs is answered by nobody', async () => {
    const slack = await aSlack();
    slack.faults.failNext('auth.test', { hang: true });

    const hanging = fetch(`${slack.apiUrl}auth.test`, { signal: AbortSignal.timeout(200) });

    await expect(hanging).rejects.toThrow('timeout');
  });
});

test('a file is uploaded with Slack’s own client and shared in a thread', async () => {
  const slack = await aSlack();
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  const root = await client.chat.postMessage({ channel: 'C0RELEASES', text: 'root' });

  await client.filesUploadV2({
    channel_id: 'C0RELEASES',
    thread_ts: String(root.ts),
    filename: 'skew.csv',
    title: 'Skew',
    file: Buffer.from('node,ms\nlb-1,3\n'),
  });

  const [shared] = slack.replies(String(root.ts));
  const file = shared?.files?.[0];
  expect(file).toEqual({
    id: file?.id,
    name: 'skew.csv',
    title: 'Skew',
    mimetype: 'text/csv; charset=utf-8',
    size: 15,
    url_private: `/files/${file?.id}`,
  });
  const content = await fetch(slack.url + file?.url_private);
  expect(await content.text()).toBe('node,ms\nlb-1,3\n');
});

test('what cannot be read is refused with a sentence and no stack', async () => {
  const slack = await aSlack();

  const response = await fetch(`${slack.apiUrl}auth.test`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{broken',
  });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ ok: false, error: 'invalid_request' });
});

describe('dialogs', () => {
  const plain = (text: string) => ({ type: 'plain_text', text });
  const view = {
    type: 'modal',
    title: plain('Cancel this release?'),
    submit: plain('Cancel it'),
    blocks: [
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Why'),
        element: { type: 'plain_text_input', action_id: 'reason' },
      },
    ],
  };

  test('a trigger opens one dialog, for three seconds', async () => {
    let at = Date.parse('2026-11-20T12:00:00Z');
    const slack = await aSlack({ now: () => at });
    const rita = slack.asUser('rita');
    const trigger = async () => (await rita.command('/release')).triggerId;
    const open = async (trigger_id: string) =>
      (await call(slack, 'views.open', { trigger_id, view })).body.error ?? 'open';
    const [first, late] = [await trigger(), await trigger()];

    const answers = [await open(first), await open(first), await open('nothing')];
    at += 3_001;
    answers.push(await open(late));

    expect(answers).toEqual([
      'open',
      'exchanged_trigger_id',
      'invalid_trigger_id',
      'expired_trigger_id',
    ]);
    expect(rita.modals).toHaveLength(1);
  });

  test.each([
    ['a title of 25 characters', { ...view, title: plain('x'.repeat(25)) }],
    ['an input without a button that submits it', { ...view, submit: undefined }],
    ['a field that a dialog does not have', { ...view, color: 'red' }],
    ['a block that is none', { ...view, blocks: [{ type: 'select' }] }],
  ])('%s is refused', async (_what, wrong) => {
    const slack = await aSlack();
    const { triggerId } = await slack.asUser('rita').command('/release');

    const { body } = await call(slack, 'views.open', { trigger_id: triggerId, view: wrong });

    expect(body).toMatchObject({ ok: false, error: 'invalid_arguments' });
  });
});
