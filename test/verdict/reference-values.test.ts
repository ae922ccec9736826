import { describe, expect, test } from 'vitest';
import { burstinessOf } from '../../src/verdict/burstiness.ts';
import { comparisonRatios } from '../../src/verdict/comparison-test.ts';
import { halfWidth } from '../../src/verdict/confidence-sequence.ts';
import { combined, logEvidence } from '../../src/verdict/evidence.ts';
import { alternativesTo, limitRatios } from '../../src/verdict/limit-test.ts';
import { upperRate } from '../../src/verdict/upper-rate.ts';

// Made in exact arithmetic, elsewhere; here only compared.

const digits = (value: number) => Number(value.toPrecision(9));

describe('the test against a limit of 1 %, alternatives 2, 5, 20 and 50 %', () => {
  test.each([
    [10, 0, 0.4213264872],
    [100, 1, 0.2040767154],
    [100, 5, 18.58138639],
    [100, 10, 71750.54382],
    [1000, 20, 12.52003976],
    [1000, 30, 15173.95152],
    [1, 1, 19.25],
  ])('%i requests, %i errors: evidence %f', (requests, errors, evidence) => {
    const ratios = limitRatios({ requests, errors }, 0.01, [0.02, 0.05, 0.2, 0.5]);

    expect(digits(Math.exp(logEvidence(ratios)))).toBe(digits(evidence));
  });

  test('does not depend on how often it was looked at', () => {
    const once = limitRatios({ requests: 1000, errors: 20 }, 0.01);
    const often = Array.from({ length: 20 }, () =>
      limitRatios({ requests: 50, errors: 1 }, 0.01),
    ).reduce(combined, []);

    expect(logEvidence(often)).toBeCloseTo(logEvidence(once), 9);
  });

  test('nothing was seen: nothing is said', () => {
    expect(logEvidence([])).toBe(0);
    expect(logEvidence(limitRatios({ requests: 0, errors: 0 }, 0.01))).toBeCloseTo(0, 12);
  });

  test.each([0, 1e-9, 1])('a limit of %f does not break it', (limit) => {
    const some = logEvidence(limitRatios({ requests: 1000, errors: 500 }, limit));

    expect(Number.isFinite(some)).toBe(true);
    expect(some > 5).toBe(limit < 1);
  });

  test('the alternatives run from 1.5 to 64 times the odds', () => {
    const odds = alternativesTo(0.01).map((rate) => rate / (1 - rate) / (0.01 / 0.99));

    expect([odds.length, digits(odds[0] ?? 0), digits(odds.at(-1) ?? 0)]).toEqual([16, 1.5, 64]);
  });
});

describe('the comparison of both sides, ratios 1.5, 2, 4 and 8', () => {
  type Interval = readonly [number, number, number, number];
  const evidence = (intervals: readonly Interval[]) =>
    intervals
      .map(([oldRequests, freshRequests, oldErrors, freshErrors]) =>
        comparisonRatios(
          {
            old: { requests: oldRequests, errors: oldErrors },
            fresh: { requests: freshRequests, errors: freshErrors },
          },
          1,
          [1.5, 2, 4, 8],
        ),
      )
      .reduce(combined, []);

  test.each<[readonly Interval[], number]>([
    [[[900, 100, 9, 1]], 0.50544793],
    [[[900, 100, 9, 5]], 14.43253009],
    [
      [
        [900, 100, 9, 5],
        [500, 500, 4, 16],
      ],
      473.9307496,
    ],
    [[[500, 500, 10, 10]], 0.2461001517],
  ])('%j: evidence %f', (intervals, expected) => {
    expect(Math.exp(logEvidence(evidence(intervals)))).toBeCloseTo(expected, 6);
  });

  test('one side alone says nothing', () => {
    expect(logEvidence(evidence([[0, 100, 0, 50]]))).toBe(0);
    expect(logEvidence(evidence([[100, 0, 50, 0]]))).toBe(0);
  });
});

test.each([
  [10, 0.909346],
  [30, 0.507465],
  [100, 0.287336],
  [300, 0.174427],
])('the confidence sequence, one-sided, alpha 0.05, after %i: half width %f', (count, width) => {
  expect(halfWidth(count, 0.05)).toBeCloseTo(width, 6);
});

test('the bound of no errors is exact, that of some is never too low', () => {
  expect(upperRate({ requests: 300, errors: 0 }, 0.01)).toBeCloseTo(1 - 0.01 ** (1 / 300), 9);
  // Clopper and Pearson: 27.2 of 3,000.
  expect(upperRate({ requests: 3000, errors: 15 }, 0.01)).toBeGreaterThan(27.1 / 3000);
  expect(upperRate({ requests: 3000, errors: 15 }, 0.01)).toBeLessThan(31 / 3000);
  expect(upperRate({ requests: 10, errors: 10 }, 0.01)).toBe(1);
  expect(upperRate({ requests: 0, errors: 0 }, 0.01)).toBe(1);
});

describe('burstiness is variance over mean', () => {
  const spans = (errors: readonly number[], requests = 100) =>
    errors.map((count) => ({ requests, errors: count }));

  test.each([
    [[1, 1, 1, 1], 1],
    [[0, 0, 0, 8], 8],
    [[5, 0, 0, 0, 0, 5, 0, 0, 0, 0], 40 / 9],
    [[0, 0, 0, 0], 1],
    [[1000, ...Array.from({ length: 99 }, () => 0)], 50],
    [[3], 1],
  ])('%j', (errors, expected) => {
    expect(burstinessOf(spans(errors, 10_000))).toBeCloseTo(expected, 9);
  });

  test('more errors because there were more requests are no burst', () => {
    const daily = [100, 200, 400, 800].map((requests) => ({ requests, errors: requests / 100 }));

    expect(burstinessOf(daily)).toBe(1);
  });
});
