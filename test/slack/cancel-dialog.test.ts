import { afterEach, expect, test } from 'vitest';
import type { Modal } from '../../demo/slack/modals.ts';
import type { Reply } from '../../src/commands/command.ts';
import { parse } from '../../src/commands/parse.ts';
import type { Release } from '../../src/release/release.ts';
import { type ABot, aBot } from './a-bot.ts';
import { aRelease, later } from './a-release.ts';

let bots: ABot[] = [];
afterEach(async () => {
  await Promise.all(bots.map((one) => one.close()));
  bots = [];
});

const waiting = () => aRelease().then({ kind: 'awaiting_approval', deadline: later });
const ended = () =>
  waiting().then(
    { kind: 'ended', state: 'cancelled', sentence: 'Cancelled by @U0RITA.', durationMs: 1 },
    'U0RITA',
  ).release;

/** A bot that shows a release which waits for its approval, and knows the real grammar. */
async function shown(release: Release = waiting().release) {
  const made = await aBot({ parse });
  bots.push(made);
  made.show(release);
  const card = await made.local.waitFor((slack) => slack.messages()[0]);
  await made.local.waitFor(() => made.store.allTold);
  const person = (name: string) => made.local.asUser(name);
  const open = async (name: string): Promise<Modal> => {
    await person(name).press(card, 'Cancel');
    return made.local.waitFor(() => person(name).modals.at(-1));
  };
  const deeds = () =>
    made.asked.map(({ command, asker }) => ({ ...command, by: asker.actor, at: asker.message }));
  return { ...made, made, card, person, open, deeds };
}

test('Cancel asks why, and what is written there is what could have been typed', async () => {
  const { person, open, deeds, card, local } = await shown();

  const modal = await open('ann');
  const asked = await person('ann').submit(modal, { reason: ' the <b>basket</b> is\u202e wrong ' });
  await local.waitFor(() => deeds().length > 0);

  expect(deeds()).toEqual([
    {
      kind: 'cancel',
      of: 'checkout-42',
      because: expect.stringMatching(/^the .*basket.* is wrong$/),
      by: 'U0ANN',
      at: card.ts,
    },
  ]);
  expect([asked.ack, person('ann').modals, asked.answers]).toEqual(['acknowledged', [], []]);
});

test('without a reason it is cancelled as well; closed, nothing is', async () => {
  const { person, open, deeds, local } = await shown();

  person('rita').dismiss(await open('rita'));
  await person('rita').submit(await open('rita'));
  await local.waitFor(() => deeds().length > 0);

  expect(deeds()).toMatchObject([{ kind: 'cancel', of: 'checkout-42' }]);
  expect(deeds()[0]).not.toHaveProperty('because');
});

test('a dialog that is submitted twice, and delivered eleven times, is one word', async () => {
  const { person, open, made, deeds, local } = await shown();
  const modal = await open('ann');
  local.faults.deliverTimes(11, { envelopes: 'different' });

  await Promise.all([person('ann').submit(modal), person('ann').submit(modal)]);
  await made.slack.deafen();

  expect(deeds()).toHaveLength(1);
});

test('who is late with a dialog is told what has become of the release', async () => {
  const { person, open, made, local } = await shown();
  const [first, second] = [await open('ann'), await open('olaf')];
  const answers: Reply[] = [
    { kind: 'done', text: 'checkout-42 is rejected; nothing was done.' },
    { kind: 'refused', text: 'Too late to cancel checkout-42: it is rejected since 12:00.' },
  ];
  made.answer = () => answers.shift() ?? { kind: 'silent' };

  const early = await person('ann').submit(first, { reason: 'no' });
  await local.waitFor(() => answers.length === 1);
  const late = await person('olaf').submit(second);
  await local.waitFor(() => person('olaf').ephemerals.length > 0);

  expect(early.answers).toEqual([]);
  expect(late.answers.map(({ text }) => text)).toEqual([
    'Too late to cancel checkout-42: it is rejected since 12:00.',
  ]);
});

test.each([
  ['expired_trigger_id', 'The dialog came too late: Slack waits three seconds for it.'],
  ['internal_error', 'The dialog could not be opened: '],
])('a dialog that Slack does not open for %s leaves the form to type', async (error, why) => {
  const { person, card, made, local } = await shown();
  local.faults.failNext('views.open', { error });

  const pressed = await person('rita').press(card, 'Cancel');
  await local.waitFor(() => pressed.answers.length > 0);

  const [answer] = pressed.answers.map(({ text }) => text);
  expect(answer).toMatch(new RegExp(`^${why}`));
  expect(answer).toContain('Type `/release cancel checkout-42 because &lt;reason&gt;`.');
  expect(made.asked).toEqual([]);
});

test('a press on a release that can be cancelled no more is answered at once, without a dialog', async () => {
  const { person, card, made, deeds, local } = await shown();
  made.store.releases.set('checkout-42', ended());

  await person('ann').press(card, 'Cancel');
  await local.waitFor(() => deeds().length > 0);

  expect(deeds()).toMatchObject([{ kind: 'cancel', of: 'checkout-42' }]);
  expect(person('ann').modals).toEqual([]);
});
