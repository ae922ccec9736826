import { otherSide, type Side } from '../release/vocabulary.ts';
import { onEveryNode } from './fleet.ts';
import type { RunContext } from './run-context.ts';
import type { Left } from './stages/left-on-side.ts';

/** Shuts down what is left on one side, on the nodes where that can be done: intents first, then how each ended. */
export async function cutSessions(
  context: RunContext,
  side: Side,
  counts: readonly Left[],
): Promise<void> {
  const nodes = counts
    .filter(
      ({ sessions, onOldWorkers, reading }) =>
        sessions > onOldWorkers && reading.kind === 'reached',
    )
    .map(({ node }) => node);
  const intents = context.recordAll(
    nodes.map((node) => ({
      node,
      what: {
        kind: 'intent',
        effect: 'sessions',
        to: otherSide(side),
        why: 'shut down sessions',
      },
    })),
  );
  const results = await onEveryNode(nodes, async (node) => {
    try {
      await context.route.shutDownSessions(node, side);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
  context.recordAll(
    nodes.map((node, i) => ({
      node,
      what: {
        kind: 'result',
        effect: 'sessions',
        intent: intents[i]?.seq ?? 0,
        outcome: results[i] === undefined ? 'applied' : 'not_applied',
        sentence: results[i] ?? `The sessions on ${side} were shut down.`,
      },
    })),
  );
}
