import { isSidePlan, type Plan } from '../../release/plan.ts';
import { system } from '../../release/vocabulary.ts';
import { msUntil } from '../deadline.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Waits for as many approvals of the present plan as it needs; the deadline ends it. */
export const awaitingApproval: Stage = { name: 'awaiting_approval', run };

async function run(context: RunContext): Promise<Outcome> {
  for (;;) {
    if (context.signal.aborted) return interrupted;
    const { approvals, plan, planDigest, deadline } = context.anyRelease;
    const valid = approvals.filter(({ digest }) => digest === planDigest);
    if (valid.length >= plan.approvers) {
      context.record({ kind: 'approval_completed' });
      return passed;
    }
    const left = deadline ? msUntil(context.deps.clock, deadline) : Number.POSITIVE_INFINITY;
    if (left === 0) {
      return {
        kind: 'ends',
        state: 'expired',
        why: `No decision came before the deadline; nothing was done. Ask again with \`/release ${askAgain(plan)}\`.`,
        by: system('expiry'),
      };
    }
    await context.rest(Math.min(left, 60_000));
  }
}

function askAgain(plan: Plan): string {
  return isSidePlan(plan) ? `${plan.service} ${plan.to}` : plan.service;
}
