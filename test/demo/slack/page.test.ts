import { existsSync } from 'node:fs';
import type { App } from '@slack/bolt';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalSlack } from '../../../demo/slack/local-slack.ts';
import type { LocalSlackOptions } from '../../../demo/slack/start-local-slack.ts';
import { aSocketApp } from './an-app.ts';
import { afterwards, aSlack, call } from './open-slacks.ts';

const executablePath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path));

describe.skipIf(executablePath === undefined)('the page in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
  });

  afterAll(() => browser?.close());

  /** The page at its first person, on a Slack with a small app; fails the test on any error in the page. */
  async function open(
    options: LocalSlackOptions = {},
  ): Promise<{ readonly page: Page; readonly slack: LocalSlack; readonly app: App }> {
    const slack = await aSlack(options);
    const app = aSocketApp(slack);
    afterwards(() => app.stop());
    app.command('/release', async ({ ack, client, command }) => {
      await ack(command.text === '' ? 'Which *service*?' : undefined);
      if (command.text !== '') await client.chat.postMessage(card(command.channel_id));
    });
    app.command('/rollback', async () => {});
    app.action('approve', async ({ ack, body, client }) => {
      await ack();
      if (body.type !== 'block_actions' || !body.message) return;
      const { ts } = body.message;
      const channel = 'C0RELEASES';
      await client.chat.update({
        channel,
        ts,
        text: `*Switching*, approved by <@${body.user.id}>`,
        blocks: [],
      });
      await client.chat.postMessage({ channel, thread_ts: ts, text: 'lb-1 switched' });
    });
    await app.start();
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    afterwards(async () => {
      await page.close();
      expect(errors).toEqual([]);
    });
    await page.goto(slack.url);
    await page.getByRole('combobox', { name: /Message #releases/ }).waitFor();
    return { page, slack, app };
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.getByRole('combobox', { name: /Message #releases/ }).fill(text);
    await page.keyboard.press('Enter');
  }

  test('a release is asked for, approved by another person through the dialog, and edited live', async () => {
    const { page } = await open();

    await type(page, '/release checkout green');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await page.getByRole('radio', { name: /Ann Approver/ }).check({ force: true });
    await page.getByText('You are Ann Approver').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    const question = await dialog.locator('h2, p, button').allTextContents();
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Switching').waitFor();
    await page.getByRole('button', { name: /1 reply/ }).click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('lb-1 switched').waitFor();

    expect(question).toEqual([
      'Approve this release?',
      'checkout: blue → green on 3 nodes',
      'Not now',
      'Approve',
    ]);
    const message = page.locator('main .message', { hasText: 'Switching' });
    expect(await message.locator('.content').textContent()).toBe(
      'Switching, approved by @Ann Approver (edited)',
    );
    expect(await message.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  test('a dialog of the app is filled in and submitted, or closed without a word', async () => {
    const { page, slack, app } = await open();
    const heard: unknown[] = [];
    const plain = (text: string) => ({ type: 'plain_text' as const, text });
    app.command('/release-status', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'why',
          title: plain('Cancel this release?'),
          submit: plain('Cancel it'),
          close: plain('Not now'),
          blocks: [
            {
              type: 'input',
              block_id: 'reason',
              optional: true,
              label: plain('Why'),
              element: { type: 'plain_text_input', action_id: 'reason' },
            },
          ],
        },
      });
    });
    app.view('why', async ({ ack, view }) => {
      await ack();
      heard.push(view.state.values.reason?.reason?.value);
    });
    const dialog = page.getByRole('dialog');

    await type(page, '/release-status');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await type(page, '/release-status');
    await dialog.getByRole('textbox', { name: /Why/ }).fill('the basket is wrong');
    await dialog.getByRole('button', { name: 'Cancel it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await slack.waitFor(() => heard.length > 0);

    expect(heard).toEqual(['the basket is wrong']);
  });

  test('the dialog’s other button presses nothing', async () => {
    const { page, slack } = await open();
    await type(page, '/release checkout');

    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    expect(slack.deliveries.map(({ delivery }) => delivery.type)).toEqual(['slash_commands']);
  });

  test('commands are completed with their hints, and earlier lines come back with the arrow', async () => {
    const { page } = await open();
    const box = page.getByRole('combobox', { name: /Message #releases/ });

    await box.pressSequentially('/rol');
    const offers = await page.getByRole('option').locator('*').allTextContents();
    await page.keyboard.press('Tab');
    const completed = await box.inputValue();
    const hint = await page.locator('#composer-hint').textContent();
    await box.fill('hello');
    await page.keyboard.press('Enter');
    await page.locator('.message', { hasText: 'hello' }).waitFor();
    await page.keyboard.press('ArrowUp');

    expect(offers).toEqual([
      '/rollback',
      '<service> [because <reason>]',
      'Go back to the stable side, at once',
    ]);
    expect([completed, hint]).toEqual(['/rollback ', '/rollback <service> [because <reason>]']);
    expect(await box.inputValue()).toBe('hello');
  });

  test('an ephemeral answer is seen by one person only, until it is dismissed', async () => {
    const { page } = await open();

    await type(page, '/release');
    const whisper = page.locator('.message', { hasText: 'Only visible to you' });
    await whisper.waitFor();
    const strong = await whisper.locator('strong').textContent();
    await page.getByRole('radio', { name: /Sam Stranger/ }).check({ force: true });
    await page.getByText('You are Sam Stranger').waitFor();
    const sams = await whisper.count();
    await page.getByRole('radio', { name: /Rita Requester/ }).check({ force: true });
    await whisper.getByRole('button', { name: 'Dismiss message' }).click();
    await whisper.waitFor({ state: 'detached' });

    expect([strong, sams]).toEqual(['service', 0]);
  });

  test('a command that times out says so', async () => {
    const { page } = await open({ ackDeadlineMs: 200 });

    await type(page, '/rollback checkout');

    await page.getByText('failed with the error "operation_timeout"').waitFor();
  });

  test('nothing that is written becomes HTML, a script or a foreign address', async () => {
    const { page, slack } = await open();
    const nasty =
      '<img src=x onerror="document.title=1"> <script>1</script> <javascript:alert(1)|x>';

    slack.asUser('sam').say(nasty);
    const message = page.locator('.message', { hasText: 'onerror' });
    await message.waitFor();

    expect(await message.locator('.content').textContent()).toBe(nasty);
    expect(await message.locator('.content').locator('img, script, a').count()).toBe(0);
  });

  test('a link in rich text leads to the web or nowhere', async () => {
    const { page, slack } = await open();
    const link = (url: string, text: string) => ({ type: 'link' as const, url, text });
    const elements = [link('https://example.org/', 'web'), link('javascript:alert(1)', 'script')];

    await call(slack, 'chat.postMessage', {
      channel: 'C0RELEASES',
      text: 'links',
      blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }],
    });
    await page.getByText('web').waitFor();

    expect(await page.locator('.rich-text').textContent()).toBe('webscript');
    expect(await page.locator('.rich-text a').evaluateAll((all) => all.map(String))).toEqual([
      'https://example.org/',
    ]);
  });

  test('a data table is sorted and paged by its reader, and stays so over an edit', async () => {
    const { page, slack } = await open();
    const number = (value: number) => ({ type: 'raw_number', value, text: `#${value}` });
    const table = {
      type: 'data_table',
      caption: 'History',
      page_size: 3,
      rows: [[{ type: 'raw_text', text: 'Row' }], ...[2, 30, 4, 1].map((value) => [number(value)])],
    };
    const shown = () => page.locator('tbody tr').allTextContents();
    const { body } = await call(slack, 'chat.postMessage', {
      channel: 'C0RELEASES',
      text: 'history',
      blocks: [table],
    });

    const asSent = await shownWhen(page, () => shown());
    await page.getByRole('button', { name: 'Row', exact: true }).click();
    const sorted = await shown();
    await page.getByRole('button', { name: 'Later rows' }).click();
    const later = await shown();
    await call(slack, 'chat.update', {
      channel: 'C0RELEASES',
      ts: String(body.ts),
      text: 'history',
      blocks: [{ ...table, caption: 'Edited' }],
    });
    await page.getByText('Edited').waitFor();

    expect([asSent, sorted, later, await shown()]).toEqual([
      ['#2', '#30', '#4'],
      ['#1', '#2', '#4'],
      ['#30'],
      ['#30'],
    ]);
  });

  test('what is whispered to one person is not sent to another’s browser', async () => {
    const { page, slack } = await open();
    const channel = 'C0RELEASES';

    await call(slack, 'chat.postEphemeral', { channel, user: 'U0SAM', text: 'for Sam' });
    await call(slack, 'chat.postEphemeral', { channel, user: 'U0RITA', text: 'for Rita' });
    await page.getByText('for Rita').waitFor();

    expect(await page.getByText('for Sam').count()).toBe(0);
  });

  test('the page says that the app is gone, and that the server is gone, and finds it again', async () => {
    const { page, slack, app } = await open();

    slack.faults.down();
    await page.getByText('Pointsman is not connected').waitFor();
    slack.faults.up();
    await page.getByText('Pointsman is not connected').waitFor({ state: 'hidden' });
    await app.stop();
    await slack.close();
    await page.getByText('The local Slack does not answer').waitFor();
    const again = await aSlack({ port: Number(new URL(slack.url).port) });
    again.asUser('sam').say('back again');
    await page.getByText('back again').waitFor();
  });
});

/** What is shown once a table is there. */
async function shownWhen<T>(page: Page, read: () => Promise<T>): Promise<T> {
  await page.locator('tbody tr').first().waitFor();
  return await read();
}

function card(channel: string) {
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    channel,
    text: 'checkout-42 · Awaiting approval',
    blocks: [
      { type: 'header' as const, text: plain('checkout-42 · Awaiting approval') },
      {
        type: 'actions' as const,
        elements: [
          {
            type: 'button' as const,
            action_id: 'approve',
            style: 'primary' as const,
            value: 'checkout-42',
            text: plain('Approve'),
            confirm: {
              title: plain('Approve this release?'),
              text: plain('checkout: blue → green on 3 nodes'),
              confirm: plain('Approve'),
              deny: plain('Not now'),
            },
          },
        ],
      },
    ],
  };
}
