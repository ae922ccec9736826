import type { Counters, NodeReading, ReachedNode } from '../release/reading.ts';
import { type NodeName, otherSide, type Side } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';
import { alpha, type Baseline, testedRate, tolerated } from './baseline.ts';
import { comparisonRatios } from './comparison-test.ts';
import { combined, type LogRatios } from './evidence.ts';
import { type Answers, limitRatios } from './limit-test.ts';
import { addTimes, beginTimes, type TimesOfNode } from './node-times.ts';
import { upperRate } from './upper-rate.ts';

/** What is watched, and beside what. Stays the same for one bake. */
export interface Watched {
  readonly side: Side;
  /** Share of 5xx answers that is allowed, 0..1. */
  readonly limit: number;
  readonly baseline: Baseline;
  /** True where the old side keeps its users: then both sides are compared at the same time. */
  readonly bothLive: boolean;
}

/** The watched window of one node: begins anew whenever the counters went down (a reload). */
export interface NodeWindow {
  readonly first: ReachedNode;
  readonly last: ReachedNode;
  readonly againstLimit: LogRatios;
  readonly againstOld: LogRatios;
  readonly times: TimesOfNode;
}

/** What the bake has seen so far. A value: every round of readings gives a new one. */
export interface BakeWindow {
  readonly nodes: ReadonlyMap<NodeName, NodeWindow>;
  /** The rate that the newest answers were tested against. */
  readonly tested: number;
  readonly restarts: number;
}

export function emptyWindow({ limit, baseline }: Watched): BakeWindow {
  return { nodes: new Map(), tested: testedRate(limit, baseline), restarts: 0 };
}

/** So many errors of the old side within the bake say that its own fault has begun meanwhile. */
const leastOldErrors = 5;

/** The window after one more round of readings. */
export function observe(
  window: BakeWindow,
  readings: readonly NodeReading[],
  watched: Watched,
): BakeWindow {
  const reached = readings.filter((reading) => reading.kind === 'reached');
  const tested = testedNow(window, reached, watched);
  const nodes = new Map(window.nodes);
  let { restarts } = window;
  for (const reading of reached) {
    const before = nodes.get(reading.node);
    const restarted = before !== undefined && isAnew(before.last, reading, watched.side);
    if (restarted) restarts += 1;
    nodes.set(
      reading.node,
      before === undefined || restarted
        ? begin(reading, watched.side)
        : goOn(before, reading, { watched, tested }),
    );
  }
  return { nodes, tested, restarts };
}

function begin(reading: ReachedNode, side: Side): NodeWindow {
  return {
    first: reading,
    last: reading,
    againstLimit: [],
    againstOld: [],
    times: beginTimes(reading, side),
  };
}

function goOn(
  before: NodeWindow,
  reading: ReachedNode,
  { watched: { side, bothLive }, tested }: { readonly watched: Watched; readonly tested: number },
): NodeWindow {
  const fresh = answersBetween(before.last, reading, side);
  const old = answersBetween(before.last, reading, otherSide(side));
  return {
    first: before.first,
    last: reading,
    againstLimit: combined(before.againstLimit, limitRatios(fresh, tested)),
    againstOld: bothLive
      ? combined(before.againstOld, comparisonRatios({ old, fresh }, tolerated))
      : [],
    times: addTimes(before.times, reading, side),
  };
}

function isAnew(before: ReachedNode, now: ReachedNode, side: Side): boolean {
  const wentDown = ({ stot, ended }: Counters, later: Counters) =>
    later.stot < stot || later.ended < ended;
  return (
    !isSameWorker(now.worker, before.worker) ||
    wentDown(before.sides[side].counters, now.sides[side].counters)
  );
}

/** Where the old side is live, a fault that it has since the bake began counts as its own, too. */
function testedNow(
  window: BakeWindow,
  readings: readonly ReachedNode[],
  { side, limit, baseline, bothLive }: Watched,
): number {
  const before = testedRate(limit, baseline);
  if (!bothLive) return before;
  const old = sumOf(
    readings.flatMap((reading) => {
      const first = window.nodes.get(reading.node)?.first;
      return first === undefined || isAnew(first, reading, side)
        ? []
        : [answersBetween(first, reading, otherSide(side))];
    }),
  );
  if (old.errors < leastOldErrors) return before;
  return Math.max(before, tolerated * upperRate(old, alpha, baseline.burstiness));
}

/** What one side of one node answered between two readings of the same worker. */
export function answersBetween(before: ReachedNode, after: ReachedNode, side: Side): Answers {
  const [from, to] = [before.sides[side].counters, after.sides[side].counters];
  const requests = Math.max(0, to.ended - from.ended);
  return { requests, errors: Math.min(requests, Math.max(0, to.hrsp5xx - from.hrsp5xx)) };
}

/** What one side answered in the whole window, over all nodes. */
export function answersIn(window: BakeWindow, side: Side): Answers {
  return sumOf(
    [...window.nodes.values()].map(({ first, last }) => answersBetween(first, last, side)),
  );
}

export function sumOf(answers: readonly Answers[]): Answers {
  return {
    requests: answers.reduce((sum, { requests }) => sum + requests, 0),
    errors: answers.reduce((sum, { errors }) => sum + errors, 0),
  };
}
