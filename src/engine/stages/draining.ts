import { stepOf } from '../../release/plan.ts';
import { drainSide } from '../drain-side.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
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
  if (!hasBegun(context, point)) {
    const drained = await drainSide(context, { left: plan.from, ...step });
    if (drained.kind !== 'passed') return drained;
  }
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end) ?? passed;
}

/** The old side was left before the last hook began: what came to it since is not waited for. */
function hasBegun(context: RunContext, point: 'after_rollback' | 'after_completed'): boolean {
  return context.release.hooks?.some((run) => run.point === point) ?? false;
}
