import type { NodeName, Side } from '../release/vocabulary.ts';
import { nodesOf } from './fleet.ts';
import type { RunContext } from './run-context.ts';

/** The exact lines with which a person brings nodes to one side by hand: those named, or every node. */
export function byHandLines(
  context: RunContext,
  side: Side,
  nodes: readonly NodeName[] = nodesOf(context.target),
): readonly string[] {
  return nodes.flatMap((node) => context.route.byHand(node, side, 'memory'));
}
