import { expect, test } from 'vitest';
import { isOver } from '../../src/engine/good-readings.ts';

test.each([
  ['while the time runs a short row goes on', 1, 2, false, false],
  ['a whole row ends it', 2, 2, false, true],
  ['at the end of the time a bad reading ends it', 0, 2, true, true],
  ['at the end of the time a row that grows is let grow', 1, 2, true, false],
])('%s', (_, good, needed, timeIsUp, over) => {
  expect(isOver(good, needed, timeIsUp)).toBe(over);
});
