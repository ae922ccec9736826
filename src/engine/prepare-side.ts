import type { Happening } from '../release/journal-entry.ts';
import type { NodeReading, ReachedNode } from '../release/reading.ts';
import type { OpenIntent } from '../release/release.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { onEveryNode } from './fleet.ts';
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
  return sides[side].servers.some(({ health }) => health === 'maint');
}

/** Lets the gates see a side that was taken out whole. No user gets there by it. */
export function prepareSide(
  context: RunContext,
  readings: readonly ReachedNode[],
  side: Side,
): Promise<void> {
  return onSide(context, readings, {
    effect: 'prepare',
    side,
    why: `its servers of ${side} are let in to be checked`,
    act: (node) => context.route.prepare?.(node, side) ?? Promise.resolve(),
  });
}

/** Ends a side that is left: nobody is sent there any more. */
export function finishSide(
  context: RunContext,
  readings: readonly Pick<ReachedNode, 'node'>[],
  side: Side,
): Promise<void> {
  return onSide(context, readings, {
    effect: 'finish',
    side,
    why: `${side} is left`,
    act: (node) => context.route.finish?.(node, side) ?? Promise.resolve(),
  });
}

interface SideAct {
  readonly effect: 'prepare' | 'finish';
  readonly side: Side;
  readonly why: string;
  readonly act: (node: NodeName) => Promise<void>;
}

/** Intents of all nodes in one transaction, then the act, then how it ended. What is in doubt is closed by the next look. */
async function onSide(
  context: RunContext,
  nodes: readonly { readonly node: NodeName }[],
  { effect, side, why, act }: SideAct,
): Promise<void> {
  if (nodes.length === 0) return;
  const intents = context.recordAll(
    nodes.map(({ node }) => ({ node, what: { kind: 'intent', effect, to: side, why } })),
  );
  const failures = await onEveryNode(
    nodes.map(({ node }) => node),
    (node) =>
      act(node).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
  );
  context.recordAll(
    nodes.map(({ node }, i) => ({
      node,
      what: {
        kind: 'result',
        effect,
        intent: intents[i]?.seq ?? 0,
        outcome: failures[i] === undefined ? 'applied' : 'unknown',
        sentence: failures[i] ?? `Done on ${side}.`,
      },
    })),
  );
}

/**
 * What a crash or a silent node left open is closed by what is seen now. It is done again where it is needed again.
 * `silentToo`: nothing comes after this look, so a node that stays silent is closed as not known.
 */
export function closeSideActs(
  context: RunContext,
  readings: readonly NodeReading[],
  { silentToo = false }: { readonly silentToo?: boolean } = {},
): void {
  const open = context.release.openIntents.filter(isSideAct);
  const rows = open.flatMap((intent) => {
    const reading = readings.find(({ node }) => node === intent.node);
    if (reading?.kind !== 'reached' && !silentToo) return [];
    return [{ node: intent.node, what: reconciled(intent, reading) }];
  });
  if (rows.length > 0) context.recordAll(rows);
}

function isSideAct({ effect }: OpenIntent): boolean {
  return effect === 'prepare' || effect === 'finish';
}

function reconciled(
  { seq, effect, node, to }: OpenIntent,
  reading: NodeReading | undefined,
): Happening {
  const common = { kind: 'reconciled', effect, intent: seq } as const;
  if (reading?.kind === 'reached') {
    const sentence = `${node} was read again: ${to} has ${statesOf(reading, to)}.`;
    return { ...common, found: { kind: 'side', side: to }, sentence };
  }
  const why = reading?.why ?? 'it was not read';
  const sentence = `${node} stayed silent, so how ${to} stands there is not known: ${why}.`;
  return { ...common, found: { kind: 'unreadable', why }, sentence };
}

function statesOf({ sides }: ReachedNode, side: Side): string {
  return sides[side].servers.map(({ name, status }) => `${name} ${status}`).join(', ');
}
