import { expect, test } from 'vitest';
import type { Clock } from '../../src/engine/ports.ts';
import { EditPace } from '../../src/slack/edit-pace.ts';
import { usualTimings } from '../../src/timing/timings.ts';

/** A minute in which so many messages want to be edited whenever they may; the moments of all edits. */
function aMinute(
  messages: number,
  urgent: (message: number) => boolean,
): (readonly [number, number])[] {
  let mono = 0;
  const now = () => ({ at: '2026-03-01T12:00:00.000Z', boot: 'b', mono });
  const pace = new EditPace({ now } as unknown as Clock, usualTimings);
  const edits: (readonly [number, number])[] = [];
  for (; mono < 60_000; mono += 10) {
    for (let message = 0; message < messages; message += 1) {
      if (pace.inMs(String(message), urgent(message)) > 0) continue;
      pace.edited(String(message));
      edits.push([mono, message]);
    }
  }
  return edits;
}

test('one message is edited at most every two seconds', () => {
  const moments = aMinute(1, () => true).map(([at]) => at);

  expect(moments).toHaveLength(30);
  expect(moments.every((at, i) => i === 0 || at - (moments[i - 1] ?? 0) >= 2_000)).toBe(true);
});

test('however many messages there are, a minute has no more edits than Slack takes', () => {
  expect(aMinute(200, () => true).length).toBeLessThanOrEqual(50);
  expect(aMinute(200, () => false).length).toBeLessThanOrEqual(44);
});

test('a new state does not wait behind the progress of many others', () => {
  const edits = aMinute(40, (message) => message === 39);

  const own = edits.filter(([, message]) => message === 39);
  expect(own.length).toBeGreaterThanOrEqual(25);
});
