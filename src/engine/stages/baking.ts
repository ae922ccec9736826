import { stepOf } from '../../release/plan.ts';
import type { NodeReading } from '../../release/reading.ts';
import { system } from '../../release/vocabulary.ts';
import {
  type BakeVerdict,
  type BakeWindow,
  emptyWindow,
  judgeBake,
  numbersOf,
  observe,
} from '../bake-window.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { isOn, readFleet } from '../fleet.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Watches errors and times of the new side while both sides stay up; beyond the limits it goes back by itself. */
export const baking: Stage = { name: 'baking', run };

/** Between two samples, milliseconds. */
const sampleMs = 1_000;

async function run(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const bake = stepOf(plan, 'bake');
  if (bake === undefined || bake.forMs === 0) return passed;
  const until = deadlineIn(context.deps.clock, bake.forMs);
  context.record({ kind: 'bake_started', until });
  let window = emptyWindow;
  for (;;) {
    const readings = await readFleet(context.route, plan.target, context.signal);
    if (context.signal.aborted) return interrupted;
    const fallen = readings.filter((r) => r.kind === 'reached' && !isOn(r, plan.to));
    if (fallen.length > 0) return fellBack(fallen);
    window = observe(window, readings, plan.to);
    const verdict = judgeBake(numbersOf(window, plan.to), bake);
    if (verdict.kind === 'bad') return tooBad(context, verdict);
    const left = msUntil(context.deps.clock, until);
    if (left === 0) return finished(context, verdict, readings);
    show(context, window, bake.forMs, left, readings);
    if (await context.pause(Math.min(left, sampleMs))) return interrupted;
  }
}

function show(
  context: RunContext,
  window: BakeWindow,
  forMs: number,
  left: number,
  readings: readonly NodeReading[],
): void {
  const { requests, errors, time } = numbersOf(window, context.release.plan.to);
  context.progress({
    text: `${requests} requests, ${errors} errors${time === null ? '' : `, ${Math.round(time)} ms on average`}`,
    done: forMs - left,
    total: forMs,
    readings,
  });
}

function fellBack(fallen: readonly NodeReading[]): Outcome {
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `During the bake ${fallen.map(({ node }) => node).join(', ')} left the new side (a reload, or another hand).`,
    by: system('bake'),
  };
}

function tooBad(context: RunContext, verdict: BakeVerdict): Outcome {
  context.record({ kind: 'baked', gates: verdict.gates });
  const bad = verdict.gates.filter(({ result }) => result === 'failed');
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `The bake went beyond its limits: ${bad.map(({ sentence }) => sentence).join('; ')}.`,
    by: system('bake'),
  };
}

function finished(
  context: RunContext,
  verdict: BakeVerdict,
  readings: readonly NodeReading[],
): Outcome {
  const silent = readings.filter((r) => r.kind === 'unreachable');
  const gates = [
    ...verdict.gates,
    ...silent.map(({ node, why }) => ({
      gate: 'bake',
      node,
      result: 'inconclusive' as const,
      sentence: `${node} could not be watched: ${why}`,
    })),
  ];
  context.record({ kind: 'baked', gates });
  return passed;
}
