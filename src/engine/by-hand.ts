import type { NodeName, Side } from '../release/vocabulary.ts';
import type { RunContext } from './run-context.ts';

/** The exact lines with which a person brings these nodes to one side by hand. */
export function byHandLines(
  context: RunContext,
  side: Side,
  nodes: readonly NodeName[],
): readonly string[] {
  return nodes.flatMap((node) => context.route.byHand(node, side, 'memory'));
}
