import { type NodeName, system } from '../release/vocabulary.ts';
import { byHandLines } from './by-hand.ts';
import { convergeMemory } from './converge.ts';
import { isOn, readFleet } from './fleet.ts';
import { interrupted, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import { patienceMs } from './take-over.ts';

/** The outcome for nodes that left the new side before acceptance: a person chooses between the two. */
export function fellBack(context: RunContext, why: string, nodes: readonly NodeName[]): Outcome {
  const { from, to } = context.release.plan;
  return {
    kind: 'needs_attention',
    why,
    byHand: byHandLines(context, to, nodes),
    choice: { reapply: to, accept: from },
  };
}

/**
 * A release whose nodes fell back before acceptance: writes the new side again where a person asked for it,
 * and goes on waiting for acceptance as soon as every node has it, by whose hand ever.
 */
export async function reapply(context: RunContext): Promise<Outcome> {
  const { plan, attention } = context.release;
  const { to } = plan;
  if (attention?.reapplying === true) {
    const converged = await convergeMemory(context, {
      to,
      why: 're-apply',
      patienceMs,
      evenWithoutServers: false,
      overwriteForeign: false,
    });
    if (converged.kind === 'stuck') {
      const why = `Not every node could be brought to ${to} again: ${converged.why}.`;
      return fellBack(context, why, converged.nodes);
    }
  }
  const readings = await readFleet(context.route, plan.target);
  if (!readings.every((reading) => isOn(reading, to))) return interrupted;
  context.record({ kind: 'stage_entered', stage: 'awaiting_acceptance' }, system('re-apply'));
  return interrupted;
}
