import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Endings } from '../../demo/endings.ts';
import { brisk } from '../../demo/pace.ts';
import { mapDemo } from '../../demo/routes/map/map-demo.ts';
import { startGentleTraffic } from '../../demo/traffic/gentle-traffic.ts';
import { startWorld, type World } from '../../demo/world.ts';

const executablePath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== '' && existsSync(path));
/** Where to leave pictures of each state, to be looked at; none by default. */
const pictures = process.env.PICTURES;

describe.skipIf(executablePath === undefined)('the whole demo in a browser', () => {
  const endings = new Endings();
  let world: World;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    const { signal } = new AbortController();
    world = await startWorld({ setup: mapDemo, pace: brisk, endings, signal, say: () => {} });
    endings.add('the traffic', startGentleTraffic(world.fleet.nodes, mapDemo.hosts).stop);
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
    endings.add('the browser', () => browser.close());
    page = await browser.newPage({ viewport: { width: 1200, height: 1040 }, deviceScaleFactor: 2 });
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(world.slack.url);
  }, 60_000);
  afterAll(async () => {
    expect(await endings.end()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('two people release with their own hands, from /release to Accept, and take it back', async () => {
    await be('Rita Requester');
    await type('/release checkout green version 2.4.1 because new checkout page');
    await state('checkout-1', 'Awaiting approval');
    await picture('1-awaiting-approval');

    await be('Ann Approver');
    await press('Approve');
    await page.getByRole('dialog').waitFor();
    await picture('2-confirm');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await state('checkout-1', 'Baking');
    await picture('3-baking');
    await state('checkout-1', 'Awaiting acceptance');
    await picture('4-awaiting-acceptance');

    await be('Rita Requester');
    await press('Accept');
    await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    await state('checkout-1', 'Completed');
    await picture('5-completed');
    expect(await world.fleet.holds('checkout')).toEqual(everywhere('green'));

    await type('/rollback checkout because the old page sold better');
    await state('checkout-2', 'Completed');
    await picture('6-rolled-back');
    await type('/release-status checkout');
    await page.getByText('in sync').first().waitFor();
    await picture('7-status');

    expect(await world.fleet.holds('checkout')).toEqual(everywhere('blue'));
    await expect
      .poll(() => page.getByRole('button', { name: /Approve|Accept|Roll back/ }).count())
      .toBe(0);
  }, 90_000);

  async function be(person: string): Promise<void> {
    await page.getByRole('radio', { name: new RegExp(person) }).check({ force: true });
    await page.getByText(`You are ${person}`).waitFor();
  }

  async function type(text: string): Promise<void> {
    await page.getByRole('combobox', { name: /Message #releases/ }).fill(text);
    await page.keyboard.press('Enter');
  }

  async function press(label: string): Promise<void> {
    await page.getByRole('button', { name: label, exact: true }).click();
  }

  async function state(release: string, word: string): Promise<void> {
    await page.getByText(`${release} · ${word}`).first().waitFor({ timeout: 30_000 });
  }

  async function picture(name: string): Promise<void> {
    if (pictures === undefined) return;
    mkdirSync(pictures, { recursive: true });
    // Nothing is pointed at.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    const release = page.locator('.message', { hasText: /checkout-\d+ · / }).first();
    await release.screenshot({ path: join(pictures, `${name}-message.png`) });
  }

  function everywhere(side: string) {
    return world.fleet.nodes.map(({ name }) => ({ node: name, memory: side, disk: side }));
  }
});
