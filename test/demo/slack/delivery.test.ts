import type { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalSlack } from '../../../demo/slack/local-slack.ts';
import type { LocalSlackOptions } from '../../../demo/slack/start-local-slack.ts';
import { anHttpApp, aSocketApp } from './an-app.ts';
import { afterwards, aSlack } from './open-slacks.ts';

/** Bolt on a local Slack by either way of delivery, with listeners that answer in every way there is. */
async function both(
  way: 'sockets' | 'signed HTTP',
  options: LocalSlackOptions = {},
): Promise<{ readonly slack: LocalSlack; readonly app: App; readonly heard: unknown[] }> {
  const slack = await aSlack(options);
  const heard: unknown[] = [];
  const app = way === 'sockets' ? aSocketApp(slack) : await anHttpApp(slack);
  // A test may have stopped it already, which Bolt takes ill.
  afterwards(() => app.stop().catch(() => undefined));
  app.command('/release', async ({ ack, client, command, respond }) => {
    heard.push(command);
    await ack('asking');
    await respond({ text: `asked ${command.text}` });
    await client.chat.postMessage({
      channel: command.channel_id,
      text: 'checkout-42',
      blocks: [
        {
          type: 'actions',
          block_id: 'release:abc',
          elements: [
            {
              type: 'button',
              action_id: 'approve',
              value: 'checkout-42',
              text: { type: 'plain_text', text: 'Approve' },
            },
          ],
        },
      ],
    });
  });
  app.action('approve', async ({ ack, body, client, respond }) => {
    heard.push(body);
    await ack();
    if (body.type !== 'block_actions' || !body.channel || !body.message) return;
    const place = { channel: body.channel.id, ts: body.message.ts };
    await client.chat.update({ ...place, text: `approved by <@${body.user.id}>`, blocks: [] });
    await respond({ text: 'thanks', replace_original: false });
  });
  app.event('app_mention', async ({ event, client, body }) => {
    heard.push(body);
    const thread_ts = event.thread_ts ?? event.ts;
    await client.chat.postMessage({ channel: event.channel, thread_ts, text: 'here' });
  });
  if (way === 'sockets') await app.start();
  return { slack, app, heard };
}

describe.each(['sockets', 'signed HTTP'] as const)('over %s', (way) => {
  test('a command reaches the app whole, and its answers reach the person', async () => {
    const { slack, heard } = await both(way);

    const asked = await slack
      .asUser('rita')
      .command('/release', 'checkout green because @ann & I say so', { channel: '#general' });

    await slack.waitFor(() => slack.messages('general').length === 1);
    expect(asked.ack).toBe('acknowledged');
    expect(asked.answers.map(({ text }) => text)).toEqual([
      'asking',
      'asked checkout green because <@U0ANN|ann> &amp; I say so',
    ]);
    expect(heard).toEqual([
      {
        token: 'local-verification-token',
        team_id: 'T0LOCAL',
        team_domain: 'harbour',
        channel_id: 'C0GENERAL',
        channel_name: 'general',
        user_id: 'U0RITA',
        user_name: 'rita',
        command: '/release',
        text: 'checkout green because <@U0ANN|ann> &amp; I say so',
        api_app_id: 'A0POINTSMAN',
        is_enterprise_install: 'false',
        response_url: asked.responseUrl,
        trigger_id: asked.triggerId,
      },
    ]);
  });

  test('a press carries the message as the presser saw it, and its edit takes the button away', async () => {
    const { slack, heard } = await both(way);
    await slack.asUser('rita').command('/release', 'checkout');
    const seen = await slack.waitFor(() => slack.messages()[0]);
    heard.length = 0;

    const pressed = await slack.asUser('ann').press(seen, 'Approve');
    await slack.waitFor(() => pressed.answers.length === 1);

    const { channel: _channel, ...message } = seen;
    const [payload] = heard as { actions: { action_ts: string }[] }[];
    expect(payload).toEqual({
      type: 'block_actions',
      user: { id: 'U0ANN', username: 'ann', name: 'ann', team_id: 'T0LOCAL' },
      api_app_id: 'A0POINTSMAN',
      token: 'local-verification-token',
      container: {
        type: 'message',
        message_ts: seen.ts,
        channel_id: 'C0RELEASES',
        is_ephemeral: false,
      },
      trigger_id: pressed.triggerId,
      team: { id: 'T0LOCAL', domain: 'harbour' },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: 'C0RELEASES', name: 'releases' },
      message,
      state: { values: {} },
      response_url: pressed.responseUrl,
      actions: [
        {
          type: 'button',
          action_id: 'approve',
          block_id: 'release:abc',
          value: 'checkout-42',
          text: { type: 'plain_text', text: 'Approve' },
          action_ts: payload?.actions[0]?.action_ts,
        },
      ],
    });
    expect(slack.messages().map(({ text, blocks }) => [text, blocks])).toEqual([
      ['approved by <@U0ANN>', undefined],
    ]);
  });

  test('an answer to a press goes where the message stands: a thread’s root in the channel, a reply in its thread', async () => {
    const { slack } = await both(way);
    await slack.asUser('rita').command('/release', 'checkout');
    const root = await slack.waitFor(() => slack.messages()[0]);
    slack.asUser('rita').say('a reply', root.ts);
    const inThread = { ...root, ts: '1.000001', thread_ts: root.ts };

    const onRoot = await slack.asUser('ann').press(slack.message(root.ts) ?? root, 'approve');
    await slack.waitFor(() => onRoot.answers.length === 1);
    const onReply = await slack.asUser('ann').press(inThread, 'approve');
    await fetch(onReply.responseUrl, { method: 'POST', body: JSON.stringify({ text: 'there' }) });

    expect(onRoot.answers.map(({ thread_ts }) => thread_ts)).toEqual([undefined]);
    expect(onReply.answers.map(({ thread_ts }) => thread_ts)).toEqual([root.ts]);
  });

  test('a late press is delivered with the button the presser saw', async () => {
    const { slack } = await both(way);
    await slack.asUser('rita').command('/release', 'checkout');
    const seen = await slack.waitFor(() => slack.messages()[0]);
    const first = await slack.asUser('ann').press(seen, 'approve');
    await slack.waitFor(() => first.answers.length === 1);

    const late = await slack.asUser('olaf').press(seen, 'approve');
    await slack.waitFor(() => late.answers.length === 1);

    expect(slack.message(seen.ts)?.text).toBe('approved by <@U0OLAF>');
  });

  test('a mention in a thread reaches the app as an event and is answered there', async () => {
    const { slack, heard } = await both(way);
    const root = slack.asUser('sam').say('is checkout slow?');

    const mention = slack.asUser('sam').mention('status checkout', root.ts);

    await slack.waitFor(() => slack.replies(root.ts).length === 2);
    expect(slack.replies(root.ts).map(({ text }) => text)).toEqual([
      '<@U0POINTSMAN> status checkout',
      'here',
    ]);
    expect(heard).toMatchObject([
      {
        type: 'event_callback',
        team_id: 'T0LOCAL',
        event: {
          type: 'app_mention',
          user: 'U0SAM',
          ts: mention.ts,
          event_ts: mention.ts,
          thread_ts: root.ts,
          channel: 'C0RELEASES',
          text: '<@U0POINTSMAN> status checkout',
        },
      },
    ]);
  });

  test('a command that nobody acknowledges times out before the person’s eyes', async () => {
    const { slack } = await both(way, { ackDeadlineMs: 100 });

    const asked = await slack.asUser('sam').command('/unheard');

    expect([asked.ack, asked.error]).toEqual(['timed_out', 'operation_timeout']);
    expect(slack.ephemerals('sam').map(({ user, text }) => [user, text])).toEqual([
      ['USLACKBOT', '`/unheard` failed with the error "operation_timeout"'],
    ]);
  });

  test('a command without an app fails at once', async () => {
    const { slack, app } = await both(way);
    await app.stop();
    await slack.waitFor(() => slack.connections === 0);

    const asked = await slack.asUser('rita').command('/release', 'checkout');

    expect([asked.ack, asked.error]).toEqual(['failed', 'dispatch_failed']);
  });

  test('every delivery comes as often as the fault says', async () => {
    const { slack, heard } = await both(way);
    slack.faults.deliverTimes(11, { envelopes: 'different' });

    await slack.asUser('rita').command('/release', 'checkout');

    await slack.waitFor(() => heard.length === 11);
    expect(
      new Set(heard.map((command) => (command as { trigger_id: string }).trigger_id)).size,
    ).toBe(1);
  });

  test('people from another installation carry their team', async () => {
    const { slack, heard } = await both(way, {
      workspace: {
        people: [
          {
            id: 'U0EVE',
            name: 'eve',
            realName: 'Eve Elsewhere',
            timezone: 'UTC',
            title: '',
            may: '',
            teamId: 'T0OTHER',
          },
        ],
      },
    });

    await slack.asUser('eve').command('/release', 'checkout');
    const message = await slack.waitFor(() => slack.messages()[0]);
    await slack.asUser('eve').press(message, 'Approve');

    expect(heard).toMatchObject([
      { team_id: 'T0OTHER', user_id: 'U0EVE' },
      { team: { id: 'T0OTHER' }, user: { id: 'U0EVE', team_id: 'T0OTHER' } },
    ]);
  });
});

describe('sockets', () => {
  test('after a disconnect the app comes back, and deliveries go on', async () => {
    const { slack, heard } = await both('sockets');

    slack.faults.disconnectSockets();
    await slack.waitFor(() => slack.connections === 0);
    await slack.waitFor(() => slack.connections === 1);
    const asked = await slack.asUser('rita').command('/release', 'checkout');

    expect([asked.ack, heard.length]).toEqual(['acknowledged', 1]);
  });

  test('what meets no socket is delivered on the next one, where that is asked for', async () => {
    const { slack, heard } = await both('sockets');
    slack.faults.whileDisconnected = 'redeliver';
    slack.faults.disconnectSockets({ announce: false });
    await slack.waitFor(() => slack.connections === 0);

    const asked = await slack.asUser('rita').command('/release', 'checkout');

    expect([asked.ack, heard.length]).toEqual(['acknowledged', 1]);
  });

  test('what meets no socket is lost, where that is asked for', async () => {
    const { slack, heard } = await both('sockets', { ackDeadlineMs: 1000 });
    slack.faults.whileDisconnected = 'drop';
    slack.faults.disconnectSockets({ announce: false });
    await slack.waitFor(() => slack.connections === 0);

    const asked = await slack.asUser('rita').command('/release', 'checkout');

    await slack.waitFor(() => slack.connections === 1);
    expect([asked.ack, heard]).toEqual(['timed_out', []]);
  });

  test('a socket with a wrong ticket is not let in', async () => {
    const slack = await aSlack();

    const socket = new WebSocket(`${slack.url.replace('http', 'ws')}/link/?ticket=guess`);
    const ended = new Promise((resolve) => socket.once('error', resolve));
    await ended;

    expect(slack.connections).toBe(0);
  });
});

describe('events that are not acknowledged', () => {
  test('are told again over HTTP with the retry’s number and reason', async () => {
    const slack = await aSlack({ retryDelaysMs: [0, 10] });
    slack.deliverTo('http://127.0.0.1:9/slack/events');

    slack.asUser('sam').mention('status');

    await slack.waitFor(() => slack.deliveries.length === 3);
    expect(slack.deliveries.map(({ delivery }) => delivery.retry)).toEqual([
      undefined,
      { number: 1, reason: 'http_error' },
      { number: 2, reason: 'http_error' },
    ]);
  });
});

test('an answer in the acknowledgement that Slack would refuse is an error to the person', async () => {
  const slack = await aSlack();
  const app = aSocketApp(slack);
  afterwards(() => app.stop());
  app.command('/release', ({ ack }) => ack({ text: '' }));
  await app.start();

  const asked = await slack.asUser('rita').command('/release', 'checkout');

  expect([asked.ack, asked.error]).toEqual(['acknowledged', 'invalid_command_response']);
});
