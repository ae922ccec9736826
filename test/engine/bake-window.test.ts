import { expect, test } from 'vitest';
import { emptyWindow, judgeBake, numbersOf, observe } from '../../src/engine/bake-window.ts';
import type { ReachedNode } from '../../src/release/reading.ts';
import { backendName, nodeName } from '../../src/release/vocabulary.ts';

const limits = { forMs: 60_000, errorRate: 0.01, latency: 2, minimumRequests: 100 };

interface Counted {
  readonly stot: number;
  readonly errors?: number;
  readonly time?: number;
  readonly pid?: number;
}

/** One node's reading: what green has counted; blue took 40 ms over its last 500 requests. */
function reading({ stot, errors = 0, time = 40, pid = 1 }: Counted): ReachedNode {
  const side = (name: 'blue' | 'green', counters: ReachedNode['sides']['blue']['counters']) => ({
    side: name,
    backend: backendName(`backend_${name}`),
    exists: true,
    servers: [],
    counters,
    sessions: 0,
    queued: 0,
  });
  return {
    kind: 'reached',
    node: nodeName('lb-1'),
    worker: { pid, startedAt: pid },
    version: '2.6.12',
    stopping: false,
    level: 'admin',
    memory: { kind: 'side', side: 'green' },
    disk: { kind: 'side', side: 'blue' },
    sides: {
      blue: side('blue', { stot: 500, hrsp5xx: 0, ttime: 40 }),
      green: side('green', { stot, hrsp5xx: errors, ttime: time }),
    },
    sharedWith: [],
  };
}

const watched = (...rounds: readonly Counted[]) =>
  rounds.reduce((window, round) => observe(window, [reading(round)], 'green'), emptyWindow);
const verdictOf = (...rounds: readonly Counted[]) =>
  judgeBake(numbersOf(watched(...rounds), 'green'), limits);

test('enough requests within the limits are good', () => {
  expect(verdictOf({ stot: 10 }, { stot: 310, errors: 3 }).kind).toBe('good');
});

test('more 5xx than the limit are bad', () => {
  expect(verdictOf({ stot: 0 }, { stot: 200, errors: 3 })).toEqual({
    kind: 'bad',
    gates: [
      {
        gate: 'error rate',
        result: 'failed',
        sentence: '3 of 200 answers were 5xx (1.5%, limit 1%)',
      },
      {
        gate: 'latency',
        result: 'successful',
        sentence: '40 ms on average, 40 ms on the old side (limit 80 ms)',
      },
    ],
  });
});

test('a time beyond the factor of the old side is bad', () => {
  expect(verdictOf({ stot: 0 }, { stot: 200, time: 81 }).kind).toBe('bad');
});

test('too few requests say nothing', () => {
  expect(verdictOf({ stot: 0 }, { stot: 99, errors: 99 }).kind).toBe('inconclusive');
});

test('counters that go down are a reload: the window starts anew', () => {
  const window = watched({ stot: 0 }, { stot: 150, errors: 150 }, { stot: 5 }, { stot: 205 });

  expect(numbersOf(window, 'green')).toMatchObject({ requests: 200, errors: 0 });
  expect(window.restarts).toBe(1);
});

test('another worker is a reload too, also where its counters are higher', () => {
  const window = watched({ stot: 0, pid: 1 }, { stot: 500, errors: 0, pid: 2 });

  expect(numbersOf(window, 'green').requests).toBe(0);
});
