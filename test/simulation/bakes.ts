import { burstinessOf } from '../../src/verdict/burstiness.ts';
import { combined, type LogRatios, logEvidence } from '../../src/verdict/evidence.ts';
import { limitRatios } from '../../src/verdict/limit-test.ts';

/** Numbers between 0 and 1 that a seed gives again (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Bake {
  /** Share of requests that fail, 0..1. */
  readonly rate: number;
  readonly limit: number;
  /** Requests a second, at each second. */
  readonly perSecond: (second: number) => number;
  readonly seconds: number;
  /** So many errors come together; 1 = each by itself. */
  readonly burst: number;
  /** True: evidence is divided by the burstiness that a quarter of an hour of the old side shows. */
  readonly corrected: boolean;
}

export interface Result {
  /** The second at which it was taken back, from 1; undefined: it was not. */
  readonly backAt: number | undefined;
}

const minimumRequests = 100;

/** One bake by the test that ships. */
export function byEvidence(bake: Bake, random: Random): Result {
  const phi = bake.corrected ? burstinessOf(oldSide(bake, random)) : 1;
  let ratios: LogRatios = [];
  return watch(bake, random, (second) => {
    ratios = combined(ratios, limitRatios(second, bake.limit));
    return second.total >= minimumRequests && logEvidence(ratios) / phi >= Math.log(100);
  });
}

/** The rule that shipped first: back as soon as the rate is above the limit, from the least requests on. */
export function byRate(bake: Bake, random: Random): Result {
  let failed = 0;
  return watch(bake, random, ({ errors, total }) => {
    failed += errors;
    return total >= minimumRequests && failed / total > bake.limit;
  });
}

interface Second {
  readonly requests: number;
  readonly errors: number;
  /** Requests so far. */
  readonly total: number;
}

function watch(bake: Bake, random: Random, isBad: (second: Second) => boolean): Result {
  let total = 0;
  for (let at = 1; at <= bake.seconds; at += 1) {
    const requests = poisson(bake.perSecond(at), random);
    total += requests;
    const errors = errorsAmong(requests, bake, random);
    if (isBad({ requests, errors, total })) return { backAt: at };
  }
  return { backAt: undefined };
}

/** The old side, as good as the new one is meant to be, in the drift watch's spans of ten seconds. */
function oldSide(bake: Bake, random: Random) {
  const good = { ...bake, rate: Math.min(bake.rate, bake.limit / 2) };
  return Array.from({ length: 90 }, () => {
    const requests = poisson(10 * bake.perSecond(1), random);
    return { requests, errors: errorsAmong(requests, good, random) };
  });
}

function errorsAmong(requests: number, { rate, burst }: Bake, random: Random): number {
  if (burst > 1) return Math.min(requests, burst * poisson((requests * rate) / burst, random));
  let errors = 0;
  // Jumps from error to error: as many draws as there are errors.
  for (let at = jump(rate, random); at < requests; at += 1 + jump(rate, random)) errors += 1;
  return errors;
}

function jump(rate: number, random: Random): number {
  return rate >= 1 ? 0 : Math.floor(Math.log(1 - random()) / Math.log(1 - rate));
}

function poisson(mean: number, random: Random): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let [count, product] = [0, random()];
  while (product > limit) {
    count += 1;
    product *= random();
  }
  return count;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export interface Summary {
  /** Share taken back, 0..1. */
  readonly back: number;
  /** Median second at which, of those that were. */
  readonly median: number | undefined;
}

export function simulate(
  runs: number,
  random: Random,
  bake: Bake,
  rule: typeof byEvidence,
): Summary {
  const seconds = Array.from({ length: runs }, () => rule(bake, random).backAt)
    .filter((at) => at !== undefined)
    .sort((one, other) => one - other);
  return { back: seconds.length / runs, median: seconds[Math.floor(seconds.length / 2)] };
}
