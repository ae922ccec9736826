import { counted } from '../../release/counted.ts';
import { joined } from '../../release/joined.ts';
import { type BakePlan, stepOf } from '../../release/plan.ts';
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
import { fallenWords } from '../fallen-words.ts';
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
  while (!context.signal.aborted) {
    const readings = await readFleet(context.route, plan.target, context.signal);
    if (context.signal.aborted) break;
    window = observe(window, readings, plan.to);
    const left = msUntil(context.deps.clock, until);
    const outcome = judgeRound(context, bake, { window, readings, over: left === 0 });
    if (outcome !== undefined) return outcome;
    show(context, window, bake.forMs, left, readings);
    await context.pause(Math.min(left, sampleMs));
  }
  return interrupted;
}

interface Round {
  readonly window: BakeWindow;
  readonly readings: readonly NodeReading[];
  /** The bake's time is up. */
  readonly over: boolean;
}

/** One round's word: back, on, or (undefined) watch further. */
function judgeRound(context: RunContext, bake: BakePlan, round: Round): Outcome | undefined {
  const { to } = context.release.plan;
  const fallen = round.readings.filter((r) => r.kind === 'reached' && !isOn(r, to));
  if (fallen.length > 0) return fellBack(context, fallen);
  const verdict = judgeBake(numbersOf(round.window, to), bake);
  if (verdict.kind === 'bad') return tooBad(context, verdict);
  return round.over ? finished(context, verdict, round.readings) : undefined;
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
    text: `${counted(requests, 'request')}, ${counted(errors, 'error')}${time === null ? '' : `, ${Math.round(time)} ms on average`}`,
    done: forMs - left,
    total: forMs,
    readings,
  });
}

function fellBack({ release }: RunContext, fallen: readonly NodeReading[]): Outcome {
  const words = fallen.flatMap((r) =>
    r.kind === 'reached' ? [fallenWords(r, release.workers[r.node])] : [],
  );
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `During the bake ${words.join('; ')}.`,
    by: system('bake'),
  };
}

function tooBad(context: RunContext, verdict: BakeVerdict): Outcome {
  context.record({ kind: 'baked', gates: verdict.gates });
  const bad = verdict.gates.filter(({ result }) => result === 'failed');
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `The bake went beyond its limits: ${joined(bad.map(({ sentence }) => sentence))}.`,
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
