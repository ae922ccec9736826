import { byHandLines } from './by-hand.ts';
import { convergeMemory, notOn } from './converge.ts';
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import { persistAll } from './stages/persisting.ts';
import { patienceMs } from './take-over.ts';

/** Brings memory and disk of every node to the side an operator named, reads them back and ends the release. */
export async function settle(context: RunContext): Promise<Outcome> {
  const { settling, plan } = context.release;
  if (settling === undefined) throw new Error(`${context.id} is not being settled.`);
  const { side } = settling;
  const converged = await convergeMemory(context, {
    to: side,
    why: 'settle',
    patienceMs,
    evenWithoutServers: true,
    overwriteForeign: true,
  });
  if (converged.kind === 'stuck') return stuck(context, converged.why);
  const undone = await persistAll(context);
  if (undone !== undefined) return undone;
  const off = await notOn(context, side);
  if (off !== undefined) return stuck(context, off);
  context.record({ kind: 'settled', side }, settling.by);
  return {
    kind: 'ends',
    state: side === plan.to ? 'completed' : 'aborted',
    why: `Settled on ${side} by @${settling.by}: every node has it in memory and on disk.`,
    by: settling.by,
  };
}

function stuck(context: RunContext, why: string): Outcome {
  const side = context.release.settling?.side ?? context.release.plan.from;
  return {
    kind: 'needs_attention',
    why: `Not every node could be settled on ${side}: ${why}.`,
    byHand: byHandLines(context, side),
  };
}
