import { describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../../demo/slack/local-slack.ts';
import { aSocketApp } from './an-app.ts';
import { afterwards, aSlack } from './open-slacks.ts';

/** A slash command whose response URL is left to the test. */
async function asked(slack: LocalSlack) {
  const app = aSocketApp(slack);
  afterwards(() => app.stop());
  app.command('/release', ({ ack }) => ack());
  app.action('wait', ({ ack }) => ack());
  await app.start();
  return await slack.asUser('rita').command('/release', 'checkout');
}

async function respond(url: string, body: object): Promise<readonly [number, string]> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return [response.status, await response.text()];
}

describe('a response URL', () => {
  test('takes five answers and no sixth', async () => {
    const slack = await aSlack();
    const { responseUrl, answers } = await asked(slack);

    const statuses = [];
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      statuses.push(await respond(responseUrl, { text }));
    }

    expect(answers).toEqual([]);
    expect(slack.ephemerals('rita').map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5']);
    expect(statuses.at(4)).toEqual([200, 'ok']);
    expect(statuses.at(5)).toEqual([404, '{"ok":false,"error":"used_url"}']);
  });

  test('ends after thirty minutes', async () => {
    let now = Date.now();
    const slack = await aSlack({ now: () => now });
    const { responseUrl } = await asked(slack);

    now += 30 * 60_000;
    const late = await respond(responseUrl, { text: 'late' });

    expect(late).toEqual([404, '{"ok":false,"error":"expired_url"}']);
  });

  test('refuses wrong blocks', async () => {
    const slack = await aSlack();
    const { responseUrl } = await asked(slack);

    const [status, body] = await respond(responseUrl, { text: 'x', blocks: [{ type: 'alert' }] });

    expect([status, JSON.parse(body).error]).toEqual([400, 'invalid_blocks']);
  });

  test('answers the whole channel where that is asked for', async () => {
    const slack = await aSlack();
    const { responseUrl } = await asked(slack);

    await respond(responseUrl, { text: 'to all', response_type: 'in_channel' });

    expect([slack.messages().map(({ text }) => text), slack.ephemerals('rita')]).toEqual([
      ['to all'],
      [],
    ]);
  });

  test('replaces and deletes the ephemeral message whose button was pressed', async () => {
    const slack = await aSlack();
    const { responseUrl } = await asked(slack);
    const element = {
      type: 'button',
      action_id: 'wait',
      text: { type: 'plain_text', text: 'Wait' },
    };
    await respond(responseUrl, {
      text: 'first',
      blocks: [{ type: 'actions', elements: [element] }],
    });
    const [whispered] = slack.ephemerals('rita');
    if (!whispered) throw new Error('nothing was whispered');
    const pressed = await slack.asUser('rita').press(whispered, 'Wait');

    await respond(pressed.responseUrl, { text: 'second', replace_original: true });
    const replaced = slack.ephemerals('rita').map(({ ts, text, blocks }) => [ts, text, blocks]);
    await respond(pressed.responseUrl, { delete_original: true });

    expect(replaced).toEqual([[whispered.ts, 'second', undefined]]);
    expect(slack.ephemerals('rita')).toEqual([]);
  });
});
