import { stepOf } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { traitsOf } from '../release/target.ts';
import type { Side } from '../release/vocabulary.ts';
import { byHandLines } from './by-hand.ts';
import { convergeMemory, notOn } from './converge.ts';
import { drainSide } from './drain-side.ts';
import { readFleet, willStartOn } from './fleet.ts';
import { hasMoved } from './has-moved.ts';
import { outcomeOfHook } from './hook-outcome.ts';
import { askAboutOthers } from './other-users.ts';
import { interrupted, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import { runHook, sideOfHook } from './run-hook.ts';
import { persistAll } from './stages/persisting.ts';
import { patienceMs } from './take-over.ts';

/** Brings every reached node back to stable. Waits for no gate; only a stable side without a server stops it. */
export async function goBack(context: RunContext): Promise<Outcome> {
  const { plan, goingBack } = context.release;
  if (goingBack === undefined) throw new Error(`${context.id} is not going back.`);
  if (goingBack.end === 'cancelled' || goingBack.end === 'rejected') return nothingMoved(goingBack);
  const { from } = plan;
  const override = overridden(context);
  const converged = await convergeMemory(context, {
    to: from,
    why: 'going back',
    patienceMs,
    evenWithoutServers: override,
    overwriteForeign: false,
  });
  const off = converged.kind === 'stuck' ? converged : await notOn(context, from);
  // An operator may have named a side meanwhile: that is the last word.
  if (context.release.settling !== undefined) return interrupted;
  if (off !== undefined) {
    return {
      kind: 'needs_attention',
      why: `Not every node could be brought back to ${from}: ${off.why}. The others are on ${from}.`,
      byHand: byHandLines(context, from, off.nodes),
    };
  }
  const unwritten = await filesBack(context, from);
  if (unwritten !== undefined) return unwritten;
  const over = await afterRollback(context);
  if (over !== undefined) return over;
  return {
    kind: 'ends',
    state: endOf(context, goingBack.end),
    why: goingBack.why,
    by: goingBack.by,
  };
}

/** Before acceptance no file names the new side; one that does all the same would bring it back at the next reload. */
async function filesBack(context: RunContext, from: Side): Promise<Outcome | undefined> {
  const { target, to } = context.release.plan;
  if (traitsOf(target).disk !== 'at_acceptance') return undefined;
  const readings = await readFleet(context.route, context.target);
  const ahead = readings.some((reading) => willStartOn(reading, to));
  return ahead ? persistAll(context, from) : undefined;
}

/** Cancelled while a hook ran: it is dead by now, and no node was ever written. */
function nothingMoved({ end, why, by }: NonNullable<Release['goingBack']>): Outcome {
  return { kind: 'ends', state: end, why, by };
}

/**
 * The side that was gone to is left: where users stay on it, or a hook waits for it, it is drained first; then the hook
 * may take it down.
 */
async function afterRollback(context: RunContext): Promise<Outcome | undefined> {
  const { plan, hooks } = context.release;
  const point = 'after_rollback';
  const hasHook = plan.hooks?.[point] !== undefined;
  const moved = hasMoved(context.deps.journal.rowsOf(context.id), plan);
  if (!moved || (!hasHook && context.route.finish === undefined)) return undefined;
  const begun = hooks?.some((run) => run.point === point) ?? false;
  const kept = begun ? undefined : await leaveSide(context);
  if (kept !== undefined || !hasHook) return kept;
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end);
}

/** Nobody is left on the side that was gone to, and nobody else is sent there, as far as the hook cares. */
async function leaveSide(context: RunContext): Promise<Outcome | undefined> {
  const { plan } = context.release;
  const step = stepOf(plan, 'drain');
  if (!isDrained(context) && step !== undefined) {
    const drained = await drainSide(context, { left: plan.to, ...step });
    if (drained.kind !== 'passed') return drained;
  }
  return askAboutOthers(context, 'after_rollback', plan.to);
}

function isDrained({ deps, id }: RunContext): boolean {
  return deps.journal.rowsOf(id).some(({ what }) => what.kind === 'drained');
}

/** `failed` where nothing ever moved; what a person took back stays `aborted`. */
function endOf(context: RunContext, end: NonNullable<Release['goingBack']>['end']) {
  if (end !== 'rolled_back') return end;
  return hasMoved(context.deps.journal.rowsOf(context.id), context.release.plan) ? end : 'failed';
}

function overridden(context: RunContext): boolean {
  return context.deps.journal
    .rowsOf(context.id)
    .some(({ what }) => what.kind === 'going_back' && what.override !== undefined);
}
