import type { BakeFacts } from '../../release/bake-facts.ts';
import { counted } from '../../release/counted.ts';
import { joined } from '../../release/joined.ts';
import { type BakePlan, stepOf } from '../../release/plan.ts';
import type { NodeReading } from '../../release/reading.ts';
import { traitsOf } from '../../release/target.ts';
import { system } from '../../release/vocabulary.ts';
import { emptyWindow, observe, type Watched } from '../../verdict/bake-window.ts';
import { type BakeVerdict, judgeBake } from '../../verdict/judge-bake.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { fallenWords } from '../fallen-words.ts';
import { isOn, readFleet } from '../fleet.ts';
import { recordGates } from '../gate-rows.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Watches errors and times of the new side while both sides stay up; on evidence it goes back by itself. */
export const baking: Stage = { name: 'baking', run };

/** Between two samples, milliseconds. */
const sampleMs = 1_000;

async function run(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const bake = stepOf(plan, 'bake');
  if (bake === undefined || bake.forMs === 0) return passed;
  const until = deadlineIn(context.deps.clock, bake.forMs);
  context.record({ kind: 'bake_started', until });
  const watched = watchedBy(context, bake);
  let window = emptyWindow(watched);
  while (!context.signal.aborted) {
    const readings = await readFleet(context.route, plan.target, context.signal);
    if (context.signal.aborted) break;
    window = observe(window, readings, watched);
    const verdict = judgeBake(window, watched, bake);
    const left = msUntil(context.deps.clock, until);
    const outcome = judgeRound(context, { verdict, readings, over: left === 0 });
    if (outcome !== undefined) return outcome;
    show(context, verdict.facts, { done: bake.forMs - left, total: bake.forMs, readings });
    await context.pause(Math.min(left, sampleMs));
  }
  return interrupted;
}

/** What the old side did before the switch is taken once: what it does from now on is not its own any more. */
function watchedBy({ release, traffic }: RunContext, bake: BakePlan): Watched {
  const { service, from, to, target } = release.plan;
  return {
    side: to,
    limit: bake.errorRate,
    baseline: traffic.baselineOf(service, from),
    bothLive: traitsOf(target).sessionsStayMs !== undefined,
  };
}

interface Round {
  readonly verdict: BakeVerdict;
  readonly readings: readonly NodeReading[];
  /** The bake's time is up. */
  readonly over: boolean;
}

/** One round's word: back, on, or (undefined) watch further. */
function judgeRound(context: RunContext, { verdict, readings, over }: Round): Outcome | undefined {
  const { to } = context.release.plan;
  const fallen = readings.filter((r) => r.kind === 'reached' && !isOn(r, to));
  if (fallen.length > 0) return fellBack(context, fallen);
  if (verdict.kind === 'bad') return tooBad(context, verdict);
  return over ? finished(context, verdict, readings) : undefined;
}

function show(
  context: RunContext,
  { requests, errors, time, evidence, needed }: BakeFacts,
  bar: { readonly done: number; readonly total: number; readonly readings: readonly NodeReading[] },
): void {
  const mean = time === null ? '' : `, ${Math.round(time)} ms on average`;
  const against = errors === 0 ? '' : `, evidence ${evidence.toFixed(1)} of ${needed}`;
  const text = `${counted(requests, 'request')}, ${counted(errors, 'error')}${against}${mean}`;
  context.progress({ text, of: 'of the bake', ...bar });
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

function tooBad(context: RunContext, { gates, facts }: BakeVerdict): Outcome {
  recordGates(context, { kind: 'baked', gates, facts });
  const bad = gates.filter(({ result }) => result === 'failed');
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `The bake went beyond its limits: ${joined(bad.map(({ sentence }) => sentence))}.`,
    by: system('bake'),
  };
}

function finished(
  context: RunContext,
  { gates, facts }: BakeVerdict,
  readings: readonly NodeReading[],
): Outcome {
  const silent = readings.filter((r) => r.kind === 'unreachable');
  const all = [
    ...gates,
    ...silent.map(({ node, why }) => ({
      gate: 'bake',
      node,
      result: 'inconclusive' as const,
      sentence: `${node} could not be watched: ${why}`,
    })),
  ];
  recordGates(context, { kind: 'baked', gates: all, facts });
  return passed;
}
