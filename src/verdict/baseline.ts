import type { Answers } from './limit-test.ts';
import { upperRate } from './upper-rate.ts';

/** What was seen of the old side before the switch, in its last quarter of an hour. */
export interface Baseline {
  /** For how long it was watched under traffic, milliseconds. */
  readonly watchedMs: number;
  readonly answers: Answers;
  /** As measured, 1 or more. */
  readonly burstiness: number;
  /** Means of intervals, milliseconds. */
  readonly times: readonly number[];
}

/** Nobody has watched: the bot has just started, or the side had no traffic. */
export const noBaseline: Baseline = {
  watchedMs: 0,
  answers: { requests: 0, errors: 0 },
  burstiness: 1,
  times: [],
};

/** An old side that was watched for long, without an error. */
export const quietBaseline: Baseline = { ...noBaseline, watchedMs: Number.POSITIVE_INFINITY };

/** The chance of taking a good release back, over all looks and all tests of errors. */
export const alpha = 0.01;
/** By how much the new side may fail more often than the old one. */
export const tolerated = 1.25;
/** Shorter than this the burstiness is not known. */
const knownAfterMs = 5 * 60_000;
/** Then it is taken for this: some seconds later is better than a good release taken back for one bad moment. */
const assumedBurstiness = 5;

/** How many errors are expected to come together. */
export function expectedBurstiness({ watchedMs, burstiness }: Baseline): number {
  return watchedMs < knownAfterMs ? Math.max(assumedBurstiness, burstiness) : burstiness;
}

/** The rate that a new side is tested against: a fault that both sides have is not this release's. */
export function testedRate(limit: number, baseline: Baseline): number {
  const { answers } = baseline;
  if (answers.errors === 0) return limit;
  return Math.max(limit, tolerated * upperRate(answers, alpha, expectedBurstiness(baseline)));
}
