import type { FadingAverage } from '../release/reading.ts';

/** HAProxy's TIME_STATS_SAMPLES: so many requests it remembers. */
const remembered = 512;

/** The mean of the requests between two readings. */
export interface IntervalMean {
  readonly requests: number;
  /** Milliseconds. */
  readonly mean: number;
  /** By how much the mean may be off, up or down, because HAProxy prints whole milliseconds. */
  readonly error: number;
}

/**
 * Wins the mean of an interval back from HAProxy's average, which is that of all requests for the first 512 of a worker
 * and then loses 1/512 with each one. Undefined where no request ended between the readings, or the counter went down.
 */
export function intervalMean(
  before: FadingAverage,
  after: FadingAverage,
): IntervalMean | undefined {
  const requests = after.requests - before.requests;
  if (requests <= 0) return undefined;
  const weightBefore = Math.min(before.requests, remembered);
  const weightAfter = Math.min(after.requests, remembered);
  const added = weightAfter - weightBefore;
  const kept = (1 - 1 / remembered) ** (requests - added);
  const share = kept * added + remembered * (1 - kept);
  const sum = (weight: number, average: number) => weight * Math.max(0, average - rounded);
  const mean = (sum(weightAfter, after.ttime) - kept * sum(weightBefore, before.ttime)) / share;
  return {
    requests,
    mean: Math.max(0, mean),
    error: (rounded * (weightAfter + kept * weightBefore)) / share,
  };
}

/** An average is printed rounded up: on the average it is half a millisecond lower. */
const rounded = 0.5;

/** The mean over several averages read at the same two times: one per server where a side is made of servers. */
export function meanOfAll(
  before: readonly FadingAverage[],
  after: readonly FadingAverage[],
): IntervalMean | undefined {
  const means = after.flatMap((average, i) => {
    const first = before[i];
    const mean = first === undefined ? undefined : intervalMean(first, average);
    return mean === undefined ? [] : [mean];
  });
  return weighted(means);
}

/** The mean of several intervals, each weighing as many as its requests. */
export function weighted(means: readonly IntervalMean[]): IntervalMean | undefined {
  const requests = means.reduce((sum, mean) => sum + mean.requests, 0);
  if (requests === 0) return undefined;
  const average = (of: 'mean' | 'error') =>
    means.reduce((sum, one) => sum + one[of] * one.requests, 0) / requests;
  return { requests, mean: average('mean'), error: average('error') };
}
