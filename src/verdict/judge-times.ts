import type { GateReport } from '../release/journal-entry.ts';
import { otherSide } from '../release/vocabulary.ts';
import type { BakeWindow, NodeWindow, Watched } from './bake-window.ts';
import { alpha } from './baseline.ts';
import { deviationOf, lowerMean, meanOf } from './confidence-sequence.ts';
import { type IntervalMean, meanOfAll, weighted } from './interval-mean.ts';
import { logOf } from './node-times.ts';

/** Milliseconds by which the new side's time must exceed the old one's before a factor means anything. */
const noiseMs = 10;
/** Means of intervals differ by this share at least, however alike they look. */
const leastDeviation = 0.05;
/**
 * Before and after a switch is not an experiment (another hour, another load): to go back by itself, the new side must be
 * so many times slower than the limit allows. In between a person decides.
 */
const beforeAfter = 2;

export interface JudgedTimes {
  readonly gate: GateReport;
  readonly time: number | null;
  readonly oldTime: number | null;
  readonly intervals: number;
}

/** Judges the response times of this window, and of no other, by the old side's. `factor`: how many times is allowed. */
export function judgeTimes(window: BakeWindow, watched: Watched, factor: number): JudgedTimes {
  const nodes = [...window.nodes.values()];
  const time = meanIn(nodes, watched.side);
  const old = oldTimeOf(nodes, watched);
  const fresh = nodes.flatMap(({ times }) => times.fresh);
  const ratios = watched.bothLive ? nodes.flatMap(({ times }) => times.ratios) : [];
  const facts = {
    time: time?.mean ?? null,
    oldTime: old,
    intervals: Math.max(fresh.length, ratios.length),
  };
  const gate = (result: GateReport['result'], sentence: string): JudgedTimes => ({
    ...facts,
    gate: { gate: 'latency', result, sentence },
  });
  if (time === undefined) return gate('inconclusive', 'No response times were measured');
  if (old === null) {
    return gate('inconclusive', 'The old side had no requests to compare times with');
  }
  const limit = Math.max(old * factor, old + noiseMs);
  const words = `${ms(time.mean)} on average, ${ms(old)} on the old side (limit ${ms(limit)})`;
  const slower = time.mean - old > noiseMs;
  if (slower && isProved({ fresh, ratios, old, factor }, watched)) return gate('failed', words);
  if (time.mean > limit) return gate('inconclusive', `${words}: slower, but not proved`);
  if (time.mean + time.error > limit) {
    return gate(
      'inconclusive',
      `${words}: too few requests to tell, HAProxy's average leaves ${ms(time.error)} open`,
    );
  }
  return gate('successful', words);
}

interface Observed {
  readonly fresh: readonly number[];
  readonly ratios: readonly number[];
  readonly old: number;
  readonly factor: number;
}

/** True when it is slower than the factor allows, and would not look so by chance at any look. */
function isProved({ fresh, ratios, old, factor }: Observed, { baseline }: Watched): boolean {
  const together = lowerMean(ratios, alpha, leastDeviation);
  if (together !== undefined && together > Math.log(factor)) return true;
  const spread = deviationOf(baseline.times.map((mean) => logOf({ mean })));
  const after = lowerMean(fresh, alpha, Math.max(leastDeviation, spread));
  return after !== undefined && after - logOf({ mean: old }) > Math.log(beforeAfter * factor);
}

/**
 * At the same time where both sides are live, else before the switch: what was watched then, or, where nobody has
 * watched, the average that HAProxy has of the old side's last requests.
 */
function oldTimeOf(nodes: readonly NodeWindow[], { side, baseline, bothLive }: Watched) {
  const old = otherSide(side);
  const meanwhile = bothLive ? meanIn(nodes, old) : undefined;
  if (meanwhile !== undefined && meanwhile.error < noiseMs) return meanwhile.mean;
  if (baseline.times.length > 0) return meanOf(baseline.times);
  const averages = nodes.flatMap(({ first }) => first.sides[old].counters.averages);
  const last = weighted(
    averages.map(({ requests, ttime }) => ({ requests, mean: ttime, error: 0 })),
  );
  return last?.mean ?? null;
}

/** The mean of one side's requests in the window, over all nodes. */
function meanIn(nodes: readonly NodeWindow[], side: Watched['side']): IntervalMean | undefined {
  return weighted(
    nodes.flatMap(({ first, last }) => {
      const mean = meanOfAll(
        first.sides[side].counters.averages,
        last.sides[side].counters.averages,
      );
      return mean === undefined ? [] : [mean];
    }),
  );
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
