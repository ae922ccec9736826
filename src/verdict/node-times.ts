import type { FadingAverage, ReachedNode } from '../release/reading.ts';
import { otherSide, type Side } from '../release/vocabulary.ts';
import { type IntervalMean, meanOfAll } from './interval-mean.ts';

/** Response times of one node, interval by interval: one observation each. */
export interface TimesOfNode {
  /** Means of the new side, natural logarithms of milliseconds. */
  readonly fresh: readonly number[];
  readonly freshSince: readonly FadingAverage[];
  /** Natural logarithms of the new side's mean over the old side's of the same interval. */
  readonly ratios: readonly number[];
  readonly bothSince: Averages;
}

type Averages = Readonly<Record<Side, readonly FadingAverage[]>>;

/** An interval has at least so many requests. */
const leastRequests = 20;
/** It ends when its mean is known this well: what HAProxy's rounding leaves open, in milliseconds or of the mean. */
const exactMs = 1.6;
const exactShare = 0.25;
/** Below a millisecond nobody knows: HAProxy counts whole ones. */
const leastMs = 0.5;

export function beginTimes(reading: ReachedNode, side: Side): TimesOfNode {
  const bothSince = averagesOf(reading);
  return { fresh: [], freshSince: bothSince[side], ratios: [], bothSince };
}

/** The times after one more reading. */
export function addTimes(times: TimesOfNode, reading: ReachedNode, side: Side): TimesOfNode {
  const now = averagesOf(reading);
  const fresh = wholeInterval(times.freshSince, now[side]);
  const both = {
    fresh: wholeInterval(times.bothSince[side], now[side]),
    old: wholeInterval(times.bothSince[otherSide(side)], now[otherSide(side)]),
  };
  const ratio =
    both.fresh === undefined || both.old === undefined
      ? undefined
      : logOf(both.fresh) - logOf(both.old);
  return {
    ...(fresh === undefined
      ? { fresh: times.fresh, freshSince: times.freshSince }
      : { fresh: [...times.fresh, logOf(fresh)], freshSince: now[side] }),
    ...(ratio === undefined
      ? { ratios: times.ratios, bothSince: times.bothSince }
      : { ratios: [...times.ratios, ratio], bothSince: now }),
  };
}

/** The mean since, once it is one: of enough requests, and not lost in HAProxy's rounding. */
export function wholeInterval(
  since: readonly FadingAverage[],
  now: readonly FadingAverage[],
): IntervalMean | undefined {
  const mean = meanOfAll(since, now);
  if (mean === undefined || mean.requests < leastRequests) return undefined;
  return mean.error <= Math.max(exactMs, exactShare * mean.mean) ? mean : undefined;
}

export function logOf({ mean }: Pick<IntervalMean, 'mean'>): number {
  return Math.log(Math.max(leastMs, mean));
}

function averagesOf({ sides }: ReachedNode): Averages {
  return { blue: sides.blue.counters.averages, green: sides.green.counters.averages };
}
