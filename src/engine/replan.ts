import { digestOf } from '../release/digest.ts';
import type { Plan } from '../release/plan.ts';
import { system } from '../release/vocabulary.ts';
import { deadlineIn } from './deadline.ts';
import { agreement, readFleet } from './fleet.ts';
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';

/**
 * The world moved before the first write: a new plan from what the nodes hold now, all approvals void.
 * Where the nodes no longer agree, or already hold the target, there is nothing left to approve.
 */
export async function replan(context: RunContext, why: string): Promise<Outcome> {
  const { plan } = context.release;
  const readings = await readFleet(context.route, plan.target);
  const agreed = agreement(readings);
  if (agreed.kind === 'apart' || agreed.side === plan.to) {
    const now = agreed.kind === 'apart' ? agreed.why : `every node already has ${plan.to}`;
    return {
      kind: 'ends',
      state: 'failed',
      why: `The world moved since the plan was made (${why}); now ${now}. Nothing was written. See \`/status ${plan.service}\` and ask again.`,
      by: system('preflight'),
    };
  }
  const next: Plan = {
    ...plan,
    observed: agreed.readings.map(({ node, memory, disk }) => ({ node, memory, disk })),
  };
  context.recordAll([
    {
      planDigest: digestOf(next),
      what: {
        kind: 'replanned',
        plan: next,
        why,
        deadline: plan.approvers > 0 ? deadlineIn(context.deps.clock, plan.approvalMs) : null,
      },
    },
  ]);
  return { kind: 'replanned' };
}
