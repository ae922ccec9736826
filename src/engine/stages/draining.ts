import { stepOf } from '../../release/plan.ts';
import { type DrainAsk, drainSide } from '../drain-side.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
import { askAboutOthers, othersAllowed } from '../other-users.ts';
import { type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { runHook, sideOfHook } from '../run-hook.ts';
import type { Stage } from '../stage.ts';

/** Counts what is left on the old side down to zero; then the last hook. */
export const draining: Stage = { name: 'draining', run };

async function run(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const step = stepOf(plan, 'drain');
  if (step === undefined) return passed;
  const point = plan.kind === 'rollback' ? 'after_rollback' : 'after_completed';
  const kept = hasBegun(context, point) ? undefined : await leaveSide(context, point, step);
  if (kept !== undefined) return kept;
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end) ?? passed;
}

/** The old side counts as left when nobody is there, and nobody else is sent there, as far as the hook cares. */
async function leaveSide(
  context: RunContext,
  point: 'after_rollback' | 'after_completed',
  step: Omit<DrainAsk, 'left'>,
): Promise<Outcome | undefined> {
  const { from } = context.release.plan;
  // Drained before, and a person wants the hook though others use the side: they are not waited for.
  if (!othersAllowed(context, 'drained')) {
    const drained = await drainSide(context, { left: from, ...step });
    if (drained.kind !== 'passed') return drained;
  }
  return askAboutOthers(context, point, from);
}

/** The old side was left before the last hook began: what came to it since is not waited for. */
function hasBegun(context: RunContext, point: 'after_rollback' | 'after_completed'): boolean {
  return context.release.hooks?.some((run) => run.point === point) ?? false;
}
