import type { BakeFacts } from '../release/bake-facts.ts';
import { counted } from '../release/counted.ts';
import type { GateReport } from '../release/journal-entry.ts';
import type { BakePlan } from '../release/plan.ts';
import { otherSide } from '../release/vocabulary.ts';
import { answersIn, type BakeWindow, type Watched } from './bake-window.ts';
import { alpha, expectedBurstiness } from './baseline.ts';
import { combined, type LogRatios, logEvidence } from './evidence.ts';
import { judgeTimes } from './judge-times.ts';
import { upperRate } from './upper-rate.ts';

export interface BakeVerdict {
  /** `bad` may be said at any look; the other two are the word once the time is up. */
  readonly kind: 'good' | 'bad' | 'inconclusive';
  readonly gates: readonly GateReport[];
  readonly facts: BakeFacts;
}

/** Larger evidence is not told apart. */
const mostTold = 1_000_000;

/** Judges what the window holds by the plan's limits. Pure: the same window gives the same verdict. */
export function judgeBake(window: BakeWindow, watched: Watched, limits: BakePlan): BakeVerdict {
  const times = judgeTimes(window, watched, limits.latency);
  const { time, oldTime, intervals } = times;
  const facts = { ...errorFacts(window, watched), time, oldTime, intervals };
  const { requests, errors } = facts;
  if (requests < limits.minimumRequests) {
    const failed = errors === 0 ? '' : `, ${errors} of them answered with 5xx`;
    const sentence = `Only ${requests} of at least ${counted(limits.minimumRequests, 'request')} came during the bake${failed}`;
    const gate: GateReport = { gate: 'bake', result: 'inconclusive', sentence };
    return { kind: 'inconclusive', gates: [gate], facts };
  }
  const gates = [errorGate(facts, limits), ...comparisonGate(facts, limits), times.gate];
  return { kind: kindOf(gates), gates, facts };
}

function kindOf(gates: readonly GateReport[]): BakeVerdict['kind'] {
  if (gates.some(({ result }) => result === 'failed')) return 'bad';
  return gates.some(({ result }) => result === 'inconclusive') ? 'inconclusive' : 'good';
}

type ErrorFacts = Omit<BakeFacts, 'time' | 'oldTime' | 'intervals'>;

function errorFacts(window: BakeWindow, watched: Watched): ErrorFacts {
  const { side, baseline, bothLive } = watched;
  const burstiness = expectedBurstiness(baseline);
  const answers = answersIn(window, side);
  const nodes = [...window.nodes.values()];
  return {
    ...answers,
    tested: window.tested,
    bound: upperRate(answers, alpha, burstiness),
    evidence: evidenceIn(
      nodes.map(({ againstLimit }) => againstLimit),
      burstiness,
    ),
    // Two tests share the chance of a false alarm.
    needed: (bothLive ? 2 : 1) / alpha,
    burstiness,
    ...(bothLive
      ? {
          comparison: {
            ...answersIn(window, otherSide(side)),
            evidence: evidenceIn(
              nodes.map(({ againstOld }) => againstOld),
              burstiness,
            ),
          },
        }
      : {}),
    restarts: window.restarts,
  };
}

/** Errors that come together are no independent witnesses: a power of evidence below 1 stays evidence. */
function evidenceIn(ratios: readonly LogRatios[], burstiness: number): number {
  const all = ratios.reduce(combined, []);
  return Math.min(mostTold, Math.exp(logEvidence(all) / burstiness));
}

function errorGate(facts: ErrorFacts, { errorRate }: BakePlan): GateReport {
  const { requests, errors, tested, bound, evidence, needed } = facts;
  const rate = errors / requests;
  const gate = 'error rate';
  const own =
    tested > errorRate ? `, tested against ${percent(tested)}: the old side fails, too` : '';
  const words = `${errors} of ${requests} answers were 5xx (${percent(rate)}, limit ${percent(errorRate)}${own}`;
  if (evidence >= needed) {
    return { gate, result: 'failed', sentence: `${words}); ${evidenceWords(evidence, needed)}` };
  }
  if (rate > errorRate) {
    const sentence = `${words}): above the limit, but not proved; ${evidenceWords(evidence, needed)}`;
    return { gate, result: 'inconclusive', sentence };
  }
  return { gate, result: 'successful', sentence: `${words}; at most ${percent(bound)}, by 99%)` };
}

/** Worse than the old side counts only beyond the limit: below it the configuration allows it. */
function comparisonGate(facts: ErrorFacts, { errorRate }: BakePlan): readonly GateReport[] {
  const { requests, errors, comparison, needed } = facts;
  if (comparison === undefined) return [];
  const gate = 'comparison';
  const words = `${errors} of ${requests} answers were 5xx, ${comparison.errors} of ${comparison.requests} on the old side meanwhile`;
  if (comparison.evidence < needed) return [{ gate, result: 'successful', sentence: words }];
  const result = errors / requests > errorRate ? 'failed' : 'inconclusive';
  return [
    { gate, result, sentence: `${words}: worse; ${evidenceWords(comparison.evidence, needed)}` },
  ];
}

/** `evidence against it: 3 of 100`, where 100 takes a release back. */
function evidenceWords(evidence: number, needed: number): string {
  const shown = evidence >= needed ? `over ${needed}` : String(Math.round(evidence * 10) / 10);
  return `evidence against it: ${shown} of ${needed}`;
}

export function percent(rate: number): string {
  return `${Math.round(rate * 10_000) / 100}%`;
}
