import type { NodeName, Side } from '../release/vocabulary.ts';
import { byHandLines } from './by-hand.ts';
import { nodesOf } from './fleet.ts';
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';

/** What comes instead of going back by itself once a point of no return has been passed; undefined before it. */
export function beyondReturn(
  context: RunContext,
  why: string,
): Extract<Outcome, { kind: 'needs_attention' }> | undefined {
  const { plan, noReturn } = context.release;
  if (noReturn === undefined) return undefined;
  const { from, to } = plan;
  return {
    kind: 'needs_attention',
    why: `${why} The hook ${noReturn} is a point of no return, so nothing goes back by itself: Re-apply keeps ${to}; going back to ${from} needs two people.`,
    byHand: byHandLines(context, to, notKnownOn(context, to)),
    choice: { reapply: to, accept: from },
    asks: 'return',
  };
}

/** Nodes that nobody has seen on the side: only they may need a line. */
function notKnownOn({ release, target }: RunContext, side: Side): readonly NodeName[] {
  return nodesOf(target).filter((node) => release.nodes[node]?.memory !== side);
}
