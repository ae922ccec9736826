import { byHandLines } from './by-hand.ts';
import { convergeMemory } from './converge.ts';
import { type Outcome, passed } from './outcome.ts';
import type { RunContext } from './run-context.ts';

/** How long a silent node is waited for before a person is called, milliseconds. */
export const patienceMs = 10_000;

/**
 * The switch of a plan that stands already (rollback, adoption, and every release after its acceptance):
 * nobody is asked any more, the nodes are brought forward. Those that were reached stay there.
 */
export async function takeOver(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const converged = await convergeMemory(context, {
    to: plan.to,
    why: plan.kind === 'forward' ? 'after acceptance' : plan.kind,
    patienceMs,
    evenWithoutServers: plan.foreign !== 'kept',
    overwriteForeign: plan.kind === 'adopt' && plan.foreign !== 'kept',
  });
  if (converged.kind === 'there') return passed;
  return {
    kind: 'needs_attention',
    why: `Not every node could be brought to ${plan.to}: ${converged.why}. The others are on ${plan.to}.`,
    byHand: byHandLines(context, plan.to, converged.nodes),
  };
}
