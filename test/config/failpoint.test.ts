import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failpointFrom } from '../../src/config/failpoint.ts';

const held = (work: () => void): number => {
  const since = performance.now();
  work();
  return performance.now() - since;
};

test('outside of tests there is no failpoint, whatever is asked for', () => {
  for (const asked of ['kill:1', 'record:/nowhere', 'hold:1:200']) {
    expect(failpointFrom({ POINTSMAN_FP: asked })).toBeUndefined();
    expect(failpointFrom({ POINTSMAN_FP: asked, NODE_ENV: 'production' })).toBeUndefined();
  }
});

test('every n-th hit holds the event loop: at once where a row is written, else right behind it', async () => {
  const failpoint = failpointFrom({ POINTSMAN_FP: 'hold:2:300', NODE_ENV: 'test' });

  const first = held(() => failpoint?.('journal:inside:intent'));
  const second = held(() => failpoint?.('journal:inside:intent'));
  failpoint?.('cli:before:set');
  const fourth = held(() => failpoint?.('cli:before:set'));
  const since = performance.now();
  await nextTurn();
  const behind = performance.now() - since;

  expect(second).toBeGreaterThanOrEqual(299);
  expect(first).toBeLessThan(second);
  expect(fourth).toBeLessThan(second);
  expect(behind).toBeGreaterThanOrEqual(250);
});
