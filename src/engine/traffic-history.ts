import type { FadingAverage, NodeReading, ReachedNode } from '../release/reading.ts';
import { type NodeName, type ServiceName, type Side, sides } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';
import { answersBetween, sumOf } from '../verdict/bake-window.ts';
import type { Baseline } from '../verdict/baseline.ts';
import { burstinessOf } from '../verdict/burstiness.ts';
import type { Answers } from '../verdict/limit-test.ts';
import { wholeInterval } from '../verdict/node-times.ts';

/** What is older says nothing of a side today, milliseconds. */
const keptMs = 15 * 60_000;

/** One side's answers in one span of time, over all nodes. */
interface Span extends Answers {
  readonly number: number;
  /** The newest reading in it. */
  readonly at: number;
}

interface TimedMean {
  readonly at: number;
  readonly mean: number;
}

interface SideHistory {
  spans: Span[];
  times: TimedMean[];
}

interface NodeHistory {
  readonly last: ReachedNode;
  readonly since: Readonly<Record<Side, readonly FadingAverage[]>>;
}

interface ServiceHistory {
  readonly nodes: Map<NodeName, NodeHistory>;
  readonly sides: Readonly<Record<Side, SideHistory>>;
}

/**
 * What the sides of each service did in the last quarter of an hour, from the drift watch's readings: what a bake compares
 * with. In memory only: after a start of the bot it begins anew, and until it knows enough the bake assumes bursts.
 */
export class TrafficHistory {
  readonly #spanMs: number;
  readonly #services = new Map<ServiceName, ServiceHistory>();

  /** @param everyMs How often readings come. */
  constructor(everyMs: number) {
    this.#spanMs = Math.max(1_000, everyMs);
  }

  /** Takes one round of readings in. `at`: monotonic milliseconds. */
  observe(service: ServiceName, readings: readonly NodeReading[], at: number): void {
    const history = this.#services.get(service) ?? newHistory();
    this.#services.set(service, history);
    for (const reading of readings) {
      if (reading.kind === 'reached') this.#add(history, reading, at);
    }
    for (const side of sides) this.#forget(history.sides[side], at);
  }

  /** What a side did as far as it was watched. */
  baselineOf(service: ServiceName, side: Side): Baseline {
    const { spans, times } = this.#services.get(service)?.sides[side] ?? { spans: [], times: [] };
    const busy = spans.filter(({ requests }) => requests > 0);
    return {
      watchedMs: busy.length * this.#spanMs,
      answers: sumOf(busy),
      burstiness: burstinessOf(busy),
      times: times.map(({ mean }) => mean),
    };
  }

  /** Requests a second of a side, over all nodes; undefined where nobody has watched yet. */
  perSecond(service: ServiceName, side: Side): number | undefined {
    const { spans } = this.#services.get(service)?.sides[side] ?? { spans: [] };
    const [first, ...later] = spans;
    const last = later.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return sumOf(later).requests / ((last.at - first.at) / 1000);
  }

  #add({ nodes, sides: histories }: ServiceHistory, reading: ReachedNode, at: number): void {
    const before = nodes.get(reading.node);
    const now = averagesOf(reading);
    if (before === undefined || isAnew(before.last, reading)) {
      nodes.set(reading.node, { last: reading, since: now });
      return;
    }
    const since = { ...before.since };
    for (const side of sides) {
      const history = histories[side];
      this.#addAnswers(history, answersBetween(before.last, reading, side), at);
      const mean = wholeInterval(before.since[side], now[side]);
      if (mean === undefined) continue;
      since[side] = now[side];
      history.times.push({ at, mean: mean.mean });
    }
    nodes.set(reading.node, { last: reading, since });
  }

  #addAnswers(history: SideHistory, answers: Answers, at: number): void {
    const number = Math.floor(at / this.#spanMs);
    const last = history.spans.at(-1);
    if (last?.number !== number) history.spans.push({ number, at, ...answers });
    else history.spans[history.spans.length - 1] = { number, at, ...sumOf([last, answers]) };
  }

  #forget(history: SideHistory, at: number): void {
    const oldest = at - keptMs;
    history.spans = history.spans.filter(({ number }) => number * this.#spanMs >= oldest);
    history.times = history.times.filter((time) => time.at >= oldest);
  }
}

function newHistory(): ServiceHistory {
  const side = (): SideHistory => ({ spans: [], times: [] });
  return { nodes: new Map(), sides: { blue: side(), green: side() } };
}

function isAnew(before: ReachedNode, now: ReachedNode): boolean {
  const fewer = (side: Side) => now.sides[side].counters.ended < before.sides[side].counters.ended;
  return !isSameWorker(before.worker, now.worker) || sides.some(fewer);
}

function averagesOf(reading: ReachedNode): Record<Side, readonly FadingAverage[]> {
  const { blue, green } = reading.sides;
  return { blue: blue.counters.averages, green: green.counters.averages };
}
