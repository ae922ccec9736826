import type { Release } from '../release/release.ts';
import { placesWords } from '../release/target.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { byHandLines } from './by-hand.ts';
import { convergeMemory, notOn } from './converge.ts';
import { nodesOf } from './fleet.ts';
import { interrupted, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import { persistAll } from './stages/persisting.ts';
import { patienceMs } from './take-over.ts';

/**
 * Brings memory and disk of every node to the side that was named, reads them back and ends the release. Only an
 * operator's word writes over what nobody knows.
 */
export async function settle(context: RunContext): Promise<Outcome> {
  const { settling } = context.release;
  if (settling === undefined) throw new Error(`${context.id} is not being settled.`);
  const outcome = await settleOn(context, settling);
  // Somebody may have named the other side meanwhile: the last word counts, and is carried out from the start.
  if (context.release.settling?.side !== settling.side) return interrupted;
  if (outcome.kind === 'ends') {
    context.record({ kind: 'settled', side: settling.side }, settling.by);
  }
  return outcome;
}

async function settleOn(
  context: RunContext,
  { side, by, foreign, override }: NonNullable<Release['settling']>,
): Promise<Outcome> {
  const isOperators = foreign !== 'kept';
  const converged = await convergeMemory(context, {
    to: side,
    why: 'settle',
    patienceMs,
    evenWithoutServers: isOperators || override !== undefined,
    overwriteForeign: isOperators,
  });
  if (converged.kind === 'stuck') return stuck(context, side, converged);
  const undone = await persistAll(context, side);
  if (undone !== undefined) return undone;
  const off = await notOn(context, side);
  if (off !== undefined) return stuck(context, side, off);
  return {
    kind: 'ends',
    state: side === context.release.plan.to ? 'completed' : 'aborted',
    why: `Settled on ${side} by @${by}: every node has it ${placesWords(context.target)}.${leftOut(context)}`,
    by,
  };
}

/** Nodes of the plan that the configuration no longer names were not asked; that is said. */
function leftOut(context: RunContext): string {
  const asked = new Set(nodesOf(context.target));
  const gone = nodesOf(context.release.plan.target).filter((node) => !asked.has(node));
  return gone.length === 0
    ? ''
    : ` Not asked, because the configuration no longer names them: ${gone.join(', ')}.`;
}

function stuck(
  context: RunContext,
  side: Side,
  { why, nodes }: { readonly why: string; readonly nodes: readonly NodeName[] },
): Outcome {
  return {
    kind: 'needs_attention',
    why: `Not every node could be settled on ${side}: ${why}.`,
    byHand: byHandLines(context, side, nodes),
  };
}
