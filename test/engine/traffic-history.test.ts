import { expect, test } from 'vitest';
import { TrafficHistory } from '../../src/engine/traffic-history.ts';
import type { ReachedNode } from '../../src/release/reading.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { aReading, away } from './a-reading.ts';

/** One node's blue: requests that have ended, errors among them, HAProxy's average. */
function blue(ended: number, errors = 0, { node = 'lb-1', pid = 1, time = 40 } = {}): ReachedNode {
  const { sides, ...rest } = aReading({ worker: { pid, startedAt: pid } });
  const averages = [{ requests: ended, ttime: time }];
  const counters = { stot: ended, ended, hrsp5xx: errors, perSecond: 0, averages };
  return { ...rest, node: nodeName(node), sides: { ...sides, blue: { ...sides.blue, counters } } };
}

test('nobody has watched: nothing is known', () => {
  const history = new TrafficHistory(10_000);
  history.observe('checkout', [blue(1000, 500), away], 0);

  expect(history.baselineOf('checkout', 'blue')).toEqual({
    watchedMs: 0,
    answers: { requests: 0, errors: 0 },
    burstiness: 1,
    times: [],
  });
  expect(history.perSecond('checkout', 'blue')).toBeUndefined();
});

test('rounds of readings are answers, traffic, bursts and times, over all nodes', () => {
  const history = new TrafficHistory(10_000);
  for (let round = 0; round <= 60; round += 1) {
    const errors = 20 * Math.floor(round / 10);
    const nodes = ['lb-1', 'lb-2'].map((node) => blue(5000 + round * 500, errors, { node }));
    history.observe('checkout', nodes, round * 10_000);
  }

  const baseline = history.baselineOf('checkout', 'blue');

  expect(baseline.answers).toEqual({ requests: 60_000, errors: 240 });
  expect(baseline.watchedMs).toBe(600_000);
  expect(history.perSecond('checkout', 'blue')).toBeCloseTo(100, 9);
  // Forty at a time, every tenth span: about forty times nine tenths.
  expect(baseline.burstiness).toBeCloseTo(36.6, 1);
  expect(baseline.times.length).toBeGreaterThan(50);
  expect(baseline.times.every((ms) => Math.abs(ms - 39.5) < 1)).toBe(true);
});

test('a reload is no traffic, and what came after it is', () => {
  const history = new TrafficHistory(10_000);
  history.observe('checkout', [blue(1000, 10)], 0);
  history.observe('checkout', [blue(900, 0, { pid: 2 })], 10_000);
  history.observe('checkout', [blue(1000, 1, { pid: 2 })], 20_000);

  expect(history.baselineOf('checkout', 'blue').answers).toEqual({ requests: 100, errors: 1 });
});

test('a quarter of an hour later it is forgotten', () => {
  const history = new TrafficHistory(10_000);
  history.observe('checkout', [blue(0)], 0);
  history.observe('checkout', [blue(600, 600)], 10_000);
  history.observe('checkout', [blue(700, 600)], 920_000);

  expect(history.baselineOf('checkout', 'blue').answers).toEqual({ requests: 100, errors: 0 });
});
