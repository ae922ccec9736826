import { describe, expect, test } from 'vitest';
import type { Counters, ReachedNode } from '../../src/release/reading.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { answersIn, emptyWindow, observe, type Watched } from '../../src/verdict/bake-window.ts';
import { type Baseline, noBaseline } from '../../src/verdict/baseline.ts';
import { judgeBake } from '../../src/verdict/judge-bake.ts';
import { aReading } from '../engine/a-reading.ts';

const limits = { forMs: 60_000, errorRate: 0.01, latency: 2, minimumRequests: 100 };

/** Blue was watched for a quarter of an hour: no errors, 40 ms. */
const calm: Baseline = {
  watchedMs: 900_000,
  answers: { requests: 45_000, errors: 0 },
  burstiness: 1,
  times: [39, 40, 41, 40, 40],
};

interface Counted {
  readonly ended: number;
  readonly errors?: number;
  /** HAProxy's average as it prints it. */
  readonly time?: number;
  readonly old?: { readonly ended: number; readonly errors?: number; readonly time?: number };
  readonly pid?: number;
  readonly node?: string;
}

function counters({ ended, errors = 0, time = 40 }: Counted): Counters {
  const averages = [{ requests: ended, ttime: time }];
  return { stot: ended, ended, hrsp5xx: errors, perSecond: 0, averages };
}

function reading({ old = { ended: 500 }, pid = 1, node = 'lb-1', ...green }: Counted): ReachedNode {
  const { sides, ...rest } = aReading({ worker: { pid, startedAt: pid } });
  return {
    ...rest,
    node: nodeName(node),
    sides: {
      blue: { ...sides.blue, counters: counters(old) },
      green: { ...sides.green, counters: counters(green) },
    },
  };
}

function verdictOf(rounds: readonly Counted[], more: Partial<Watched> = {}) {
  const watched: Watched = {
    side: 'green',
    limit: limits.errorRate,
    baseline: calm,
    bothLive: false,
    ...more,
  };
  const window = rounds.reduce(
    (seen, round) => observe(seen, [reading(round)], watched),
    emptyWindow(watched),
  );
  return { window, ...judgeBake(window, watched, limits) };
}

const gate = (verdict: ReturnType<typeof verdictOf>, name: string) =>
  verdict.gates.find((one) => one.gate === name);

describe('errors', () => {
  test('within the limit are good, and the bound is told', () => {
    const verdict = verdictOf([{ ended: 10 }, { ended: 1010, errors: 3 }]);

    expect(verdict.kind).toBe('good');
    expect(gate(verdict, 'error rate')?.sentence).toBe(
      '3 of 1000 answers were 5xx (0.3%, limit 1%; at most 1.16%, by 99%)',
    );
  });

  test('one bad second at the beginning takes nothing back', () => {
    expect(verdictOf([{ ended: 0 }, { ended: 150, errors: 3 }]).kind).toBe('inconclusive');
  });

  test('beyond the limit and proved are bad, with the numbers', () => {
    const verdict = verdictOf([{ ended: 0 }, { ended: 200, errors: 14 }]);

    expect(verdict.kind).toBe('bad');
    expect(gate(verdict, 'error rate')).toEqual({
      gate: 'error rate',
      result: 'failed',
      sentence: '14 of 200 answers were 5xx (7%, limit 1%); evidence against it: over 100 of 100',
    });
    expect(verdict.facts).toMatchObject({ requests: 200, errors: 14, tested: 0.01, needed: 100 });
  });

  test('beyond the limit and not proved are for a person', () => {
    const verdict = verdictOf([{ ended: 0 }, { ended: 1000, errors: 14 }]);

    expect(verdict.kind).toBe('inconclusive');
    expect(gate(verdict, 'error rate')?.sentence).toBe(
      '14 of 1000 answers were 5xx (1.4%, limit 1%): above the limit, but not proved; evidence against it: 0.2 of 100',
    );
  });

  test('that come in bursts count as fewer', () => {
    const rounds = [{ ended: 0 }, { ended: 1000, errors: 40 }];

    expect(verdictOf(rounds).kind).toBe('bad');
    expect(verdictOf(rounds, { baseline: { ...calm, burstiness: 20 } }).kind).toBe('inconclusive');
  });

  test('are taken for bursts while nobody has watched for long enough', () => {
    const rounds = [{ ended: 0 }, { ended: 200, errors: 10 }];

    expect(verdictOf(rounds).kind).toBe('bad');
    expect(verdictOf(rounds, { baseline: { ...calm, watchedMs: 200_000 } }).facts).toMatchObject({
      burstiness: 5,
    });
    expect(verdictOf(rounds, { baseline: noBaseline }).kind).toBe('inconclusive');
  });

  test("that the old side has, too, are not this release's", () => {
    const faulty = { ...calm, answers: { requests: 45_000, errors: 2_250 } };
    const verdict = verdictOf([{ ended: 0 }, { ended: 2000, errors: 100 }], { baseline: faulty });

    expect(verdict.kind).toBe('inconclusive');
    expect(gate(verdict, 'error rate')?.sentence).toContain(
      'tested against 6.65%: the old side fails, too',
    );
  });

  test('and no traffic is never good', () => {
    expect(verdictOf([{ ended: 500 }, { ended: 500 }])).toMatchObject({
      kind: 'inconclusive',
      gates: [{ sentence: 'Only 0 of at least 100 requests came during the bake' }],
    });
  });

  test('of too few requests say nothing, and are told', () => {
    expect(verdictOf([{ ended: 0 }, { ended: 99, errors: 99 }])).toMatchObject({
      kind: 'inconclusive',
      gates: [
        {
          sentence:
            'Only 99 of at least 100 requests came during the bake, 99 of them answered with 5xx',
        },
      ],
    });
  });
});

describe('the window begins anew', () => {
  const rounds = [{ ended: 0 }, { ended: 150, errors: 150 }, { ended: 5 }, { ended: 205 }];

  test('when counters go down: evidence from before is gone, too', () => {
    const verdict = verdictOf(rounds);

    expect(verdict.facts).toMatchObject({ requests: 200, errors: 0, restarts: 1 });
    expect(verdict.facts.evidence).toBeLessThan(1);
    expect(verdict.kind).toBe('good');
  });

  test('with another worker, also where its counters are higher', () => {
    const { window } = verdictOf([{ ended: 0 }, { ended: 500, errors: 0, pid: 2 }]);

    expect(answersIn(window, 'green')).toEqual({ requests: 0, errors: 0 });
  });

  test('and the past of the counters is none of it', () => {
    const verdict = verdictOf([
      { ended: 10_000, errors: 9_000 },
      { ended: 11_000, errors: 9_002 },
    ]);

    expect(verdict).toMatchObject({ kind: 'good', facts: { requests: 1000, errors: 2 } });
  });
});

describe('where both sides are live', () => {
  const both = { bothLive: true };

  test('a fault that both have from now on takes nothing back', () => {
    const rounds = Array.from({ length: 30 }, (_, i) => ({
      ended: i * 100,
      errors: i * 10,
      old: { ended: i * 100, errors: i * 10 },
    }));

    expect(verdictOf(rounds, both).kind).not.toBe('bad');
    expect(verdictOf(rounds).kind).toBe('bad');
  });

  test('the one that is worse, beyond the limit, does', () => {
    const rounds = Array.from({ length: 30 }, (_, i) => ({
      ended: i * 100,
      errors: i * 20,
      old: { ended: i * 100, errors: i * 5 },
    }));
    const verdict = verdictOf(rounds, both);

    expect(verdict.kind).toBe('bad');
    expect(gate(verdict, 'comparison')).toMatchObject({ result: 'failed' });
    expect(verdict.facts).toMatchObject({
      needed: 200,
      comparison: { requests: 2900, errors: 145 },
    });
  });

  test('the one that is worse, within the limit, is for a person', () => {
    const rounds = Array.from({ length: 30 }, (_, i) => ({
      ended: i * 1000,
      errors: i * 8,
      old: { ended: i * 1000, errors: 0 },
    }));

    expect(verdictOf(rounds, both).kind).toBe('inconclusive');
  });
});

/** What HAProxy prints after these requests: plain for the first 512, then fading; rounded up. */
function averages(times: readonly number[], { ended = 0, sum = 0 } = {}): readonly Counted[] {
  let [count, total] = [ended, sum];
  return times.map((time) => {
    count += 1;
    total = count <= 512 ? total + time : total - Math.ceil(total / 512) + time;
    return { ended: count, time: Math.ceil(total / Math.min(count, 512)) };
  });
}

const every = (step: number, rounds: readonly Counted[]) =>
  rounds.filter((_, i) => (i + 1) % step === 0);
const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

describe('response times', () => {
  test('a slow past of the side judges nobody', () => {
    const rounds = averages([...times(300, 120), ...times(600, 2)]);
    const verdict = verdictOf(every(50, rounds.slice(299)), {
      baseline: { ...calm, times: [2, 2, 2] },
    });

    expect(rounds.at(-1)?.time).toBeGreaterThan(12);
    expect(verdict.kind).toBe('good');
    expect(verdict.facts.time).toBeLessThan(4);
  });

  test('a fast past hides nothing', () => {
    const rounds = averages([...times(5000, 2), ...times(400, 120)]);
    const verdict = verdictOf(every(30, rounds.slice(4999)), {
      baseline: { ...calm, times: [2, 2, 2] },
    });

    expect(verdict.kind).toBe('bad');
    expect(gate(verdict, 'latency')?.sentence).toBe(
      '119 ms on average, 2 ms on the old side (limit 12 ms)',
    );
  });

  test('slower than the limit, but not by twice as much, is for a person', () => {
    const rounds = every(50, averages(times(1000, 120)));
    const verdict = verdictOf(rounds);

    expect(verdict.kind).toBe('inconclusive');
    expect(gate(verdict, 'latency')?.sentence).toBe(
      '120 ms on average, 40 ms on the old side (limit 80 ms): slower, but not proved',
    );
    expect(verdictOf(every(50, averages(times(1000, 200)))).kind).toBe('bad');
  });

  test('at the same time as the old side, slower than the limit is bad', () => {
    const green = every(50, averages(times(1000, 120)));
    const blue = every(50, averages(times(1000, 40)));
    const rounds = green.map((round, i) => ({ ...round, old: blue[i] ?? { ended: 0 } }));

    expect(verdictOf(rounds, { bothLive: true }).kind).toBe('bad');
  });

  test('twice 1 ms is no cause', () => {
    const verdict = verdictOf(every(50, averages(times(3000, 5))), {
      baseline: { ...calm, times: [1, 1, 1] },
    });

    expect(verdict.kind).toBe('good');
  });

  test('an old side below a millisecond is compared with, too', () => {
    const instant = { ...calm, times: [0, 0, 1, 0] };
    const slow = every(30, averages(times(600, 60)));

    expect(verdictOf(slow, { baseline: instant }).kind).toBe('bad');
    expect(verdictOf(every(50, averages(times(3000, 5))), { baseline: instant }).kind).toBe('good');
  });

  test("what HAProxy's rounding leaves open is said", () => {
    const past = averages(times(5000, 39));
    const rounds = averages(times(120, 39), { ended: 5000, sum: 39 * 512 });
    const verdict = verdictOf(
      [past.at(-1), rounds.at(-1)].filter((one) => one !== undefined),
      {
        baseline: { ...calm, times: [20, 20] },
      },
    );

    expect(gate(verdict, 'latency')).toMatchObject({
      result: 'inconclusive',
      sentence: expect.stringContaining("HAProxy's average leaves 4 ms open"),
    });
  });

  test('with an old side that had no requests say nothing', () => {
    const verdict = verdictOf(
      [
        { ended: 0, old: { ended: 0 } },
        { ended: 200, old: { ended: 0 } },
      ],
      { baseline: noBaseline },
    );

    expect(gate(verdict, 'latency')).toMatchObject({ result: 'inconclusive' });
  });
});
