import type { BakePower } from '../release/bake-facts.ts';
import type { BakePlan } from '../release/plan.ts';
import { alpha, type Baseline, expectedBurstiness, testedRate } from './baseline.ts';
import { logEvidence } from './evidence.ts';
import { limitRatios } from './limit-test.ts';

/** Nine of ten cases: so many standard deviations fewer errors than expected. */
const unlucky = 1.2816;
/** The rates that are told, in steps a person would choose. */
const steps = [1, 1.5, 2, 3, 5, 7];
/** More is not counted. */
const mostRequests = 1_000_000_000;

/** What a bake finds in nine of ten cases at a traffic. `bothLive`: two tests share the chance of a false alarm. */
export function bakePower(
  { forMs, errorRate, minimumRequests }: BakePlan,
  { perSecond, baseline, bothLive }: Traffic,
): BakePower {
  const tested = testedRate(errorRate, baseline);
  const burstiness = expectedBurstiness(baseline);
  const needed = burstiness * Math.log((bothLive ? 2 : 1) / alpha);
  const requests = Math.round((perSecond * forMs) / 1000);
  for (const rate of ratesAbove(tested)) {
    const found = requestsToFind(rate, { tested, burstiness, needed, most: requests });
    if (found === undefined) continue;
    const enough = Math.max(found, minimumRequests);
    if (enough > requests) break;
    return { perSecond, finds: { rate, withinMs: Math.ceil(enough / perSecond) * 1000 } };
  }
  return { perSecond, finds: null };
}

export interface Traffic {
  /** Requests a second over all nodes. */
  readonly perSecond: number;
  readonly baseline: Baseline;
  readonly bothLive: boolean;
}

/** 1 %, 1.5 %, 2 %, ... that are above a rate; all fail is the last one. */
function ratesAbove(rate: number): readonly number[] {
  const all = [-4, -3, -2, -1].flatMap((power) => steps.map((step) => step * 10 ** power));
  return [...all.filter((one) => one > rate), 1].filter((one) => one > rate);
}

interface Sought {
  readonly tested: number;
  readonly burstiness: number;
  /** ln of the evidence that takes a release back, before it is divided. */
  readonly needed: number;
  /** More requests do not come. */
  readonly most: number;
}

/** With how many requests a bake finds a rate in nine of ten cases, the old side without errors or bursts. */
export function requestsNeeded(rate: number, { errorRate, minimumRequests }: BakePlan): number {
  const sought = {
    tested: errorRate,
    burstiness: 1,
    needed: Math.log(1 / alpha),
    most: mostRequests,
  };
  return Math.max(minimumRequests, requestsToFind(rate, sought) ?? mostRequests);
}

/** After how many requests a rate is found in nine of ten cases; undefined where that is more than come. */
function requestsToFind(rate: number, sought: Sought): number | undefined {
  const { most } = sought;
  if (!isFound(rate, most, sought)) return undefined;
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isFound(rate, middle, sought)) high = middle;
    else low = middle;
  }
  return high;
}

function isFound(rate: number, requests: number, { tested, burstiness, needed }: Sought): boolean {
  const spread = Math.sqrt(requests * rate * (1 - rate) * burstiness);
  const errors = Math.max(0, requests * rate - unlucky * spread);
  return logEvidence(limitRatios({ requests, errors }, tested)) >= needed;
}
