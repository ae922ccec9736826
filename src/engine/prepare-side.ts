import type { NodeReading, ReachedNode } from '../release/reading.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { type Performed, perform } from './effects/perform.ts';
import type { ActResult } from './ports.ts';
import type { RunContext } from './run-context.ts';

/** The nodes on which a side was taken out whole and has to be let in before anybody can judge it. */
export function toPrepare(
  context: RunContext,
  readings: readonly NodeReading[],
  side: Side,
): readonly ReachedNode[] {
  if (context.route.prepare === undefined) return [];
  return readings.filter(
    (reading): reading is ReachedNode =>
      reading.kind === 'reached' && !reading.stopping && isTakenOut(reading, side),
  );
}

function isTakenOut({ sides }: ReachedNode, side: Side): boolean {
  return sides[side].servers.some(({ word }) => word === 'maint');
}

/** Lets the gates see a side that was taken out whole. No user gets there by it. */
export async function prepareSide(
  context: RunContext,
  readings: readonly ReachedNode[],
  side: Side,
): Promise<void> {
  const { route } = context;
  if (route.prepare === undefined) return;
  const why = `its servers of ${side} are let in to be checked`;
  await perform(
    context,
    readings.map(({ node }) => ({
      node,
      what: { kind: 'intent', effect: 'prepare', to: side, why },
      done: `Done on ${side}.`,
      send: (gate) => route.prepare?.(node, side, gate) ?? nothingToDo(),
    })),
  );
}

/** Ends a side that is left: nobody is sent there any more. How it ended on each node. */
export async function finishSide(
  context: RunContext,
  nodes: readonly NodeName[],
  side: Side,
): Promise<readonly Performed[]> {
  const { route } = context;
  if (route.finish === undefined) return [];
  return perform(
    context,
    nodes.map((node) => ({
      node,
      what: { kind: 'intent', effect: 'finish', to: side, why: `${side} is left` },
      done: `Done on ${side}.`,
      send: (gate) => route.finish?.(node, side, gate) ?? nothingToDo(),
    })),
  );
}

function nothingToDo(): Promise<ActResult> {
  return Promise.resolve({ kind: 'accepted' });
}
