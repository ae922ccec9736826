import type { Side } from '../release/vocabulary.ts';
import { nodesOf } from './fleet.ts';
import type { RunContext } from './run-context.ts';

/** The exact lines with which a person brings every node to one side by hand. */
export function byHandLines(context: RunContext, side: Side): readonly string[] {
  const { route, release } = context;
  return nodesOf(release.plan.target).flatMap((node) => route.byHand(node, side));
}
