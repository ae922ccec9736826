import { expect, test } from 'vitest';
import { SideUse } from '../../src/engine/side-use.ts';
import type { SideTarget } from '../../src/release/target.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { TestClock } from '../support/clock.ts';

const lb1 = nodeName('lb-1');
const target = (sessionsStayMs?: number): SideTarget => ({
  kind: 'any',
  sides: { blue: 'b', green: 'g' },
  nodes: [],
  traits: { disk: 'none', ...(sessionsStayMs === undefined ? {} : { sessionsStayMs }) },
});

test('a side is left when it had no request for as long as a session lives', () => {
  const clock = new TestClock();
  const use = new SideUse(clock, target(5_000));
  const left = (served: number) => use.isLeft(use.quietMs(lb1, served));

  expect(left(10)).toBe(false);
  clock.advance(4_999);
  expect(left(10)).toBe(false);
  clock.advance(1);
  expect(left(10)).toBe(true);
});

test('every request, and a reload that begins to count anew, lets the time begin again', () => {
  const clock = new TestClock();
  const use = new SideUse(clock, target(5_000));
  use.quietMs(lb1, 10);
  clock.advance(5_000);

  expect(use.isLeft(use.quietMs(lb1, 11))).toBe(false);
  clock.advance(5_000);
  expect(use.isLeft(use.quietMs(lb1, 0))).toBe(false);
  clock.advance(5_000);
  expect(use.isLeft(use.quietMs(lb1, 0))).toBe(true);
});

test('where sessions move with the switch nothing is waited for', () => {
  const use = new SideUse(new TestClock(), target());

  expect(use.isLeft(use.quietMs(lb1, 3))).toBe(true);
});
