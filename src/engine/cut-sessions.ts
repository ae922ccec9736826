import { otherSide, type Side } from '../release/vocabulary.ts';
import { perform } from './effects/perform.ts';
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
  await perform(
    context,
    nodes.map((node) => ({
      node,
      what: { kind: 'intent', effect: 'sessions', to: otherSide(side), why: 'shut down sessions' },
      done: `The sessions on ${side} were shut down.`,
      send: (gate) => context.route.shutDownSessions(node, side, gate),
    })),
  );
}
