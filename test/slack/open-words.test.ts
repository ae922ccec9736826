import { expect, test } from 'vitest';
import { actor } from '../../src/release/vocabulary.ts';
import { CardDesk } from '../../src/slack/card-desk.ts';
import { openWords } from '../../src/slack/open-words.ts';
import { usualTimings } from '../../src/timing/timings.ts';
import { TestClock } from '../support/clock.ts';
import { aRelease, later } from './a-release.ts';

const hold = { by: actor('U0OLAF'), at: later.at, reason: 'code freeze' };
const { release } = aRelease().then({ kind: 'awaiting_approval', deadline: later });

test('an open release does not hide the lock that stands', () => {
  expect([
    openWords({}, undefined),
    openWords({ hold }, undefined),
    openWords({ open: release.id }, release),
    openWords({ open: release.id, hold }, release),
    openWords({ open: release.id, hold }, { ...release, override: 'hotfix' }),
  ]).toEqual([
    '',
    'locked by @U0OLAF',
    'checkout-42 · Awaiting approval',
    'checkout-42 · Awaiting approval, locked by @U0OLAF',
    'checkout-42 · Awaiting approval, against the lock of @U0OLAF',
  ]);
});

test('the card of an open release is edited when its service is locked or unlocked', () => {
  let now: typeof hold | undefined;
  const desk = new CardDesk({
    clock: new TestClock(),
    timings: usualTimings,
    headOf: () => 0,
    holdOf: () => now,
  });
  const place = { channel: 'C0RELEASES', ts: '1.1' };
  const due = () => desk.due().map(({ id }) => id);
  desk.shown(release, place);

  const before = due();
  now = hold;
  const locked = due();
  desk.shown(release, place);
  const shown = due();
  now = undefined;

  expect([before, locked, shown, due()]).toEqual([[], [release.id], [], [release.id]]);
});
