import { heldWords, valueWords } from '../release/held-words.ts';
import type { EffectKind } from '../release/journal-entry.ts';
import type { Held, ReachedNode } from '../release/reading.ts';
import { wordsOf } from '../release/target.ts';
import type { RunContext } from './run-context.ts';

/** What was read of a node: a silent one's file can be read all the same. */
type ReadBack = Pick<ReachedNode, 'node'> & Partial<Pick<ReachedNode, 'memory' | 'disk'>>;

/**
 * Closes the open intents of these nodes with what was read back: a result where the write was answered,
 * a reconciliation where it was not known how it ended.
 */
export function closeIntents(
  context: RunContext,
  effect: Extract<EffectKind, 'memory' | 'disk'>,
  readings: readonly ReadBack[],
): void {
  const open = context.release.openIntents.filter((intent) => intent.effect === effect);
  const rows = readings.flatMap((reading) => {
    const found = reading[effect];
    if (found === undefined) return [];
    return open
      .filter(({ node }) => node === reading.node)
      .map((intent) => ({
        node: reading.node,
        readback: valueWords(found, wordsOf(context.release.plan.target)),
        what: intent.unknown
          ? {
              kind: 'reconciled' as const,
              effect,
              intent: intent.seq,
              found,
              sentence: `${reading.node} was read again and holds ${heldWords(found)}.`,
            }
          : resultOf(effect, intent, found),
      }));
  });
  if (rows.length > 0) context.recordAll(rows);
}

/**
 * What an earlier process wrote and did not see the end of may still be carried out: unknown, as a write without an
 * answer is, and so waited for by a barrier and followed by the fenced form only.
 */
export function doubtOpenWrites(context: RunContext): void {
  const rows = context.anyRelease.openIntents
    .filter(({ effect, unknown, seq }) => {
      return effect === 'memory' && !unknown && !context.answered.has(seq);
    })
    .map(({ node, seq }) => ({
      node,
      what: {
        kind: 'result' as const,
        effect: 'memory' as const,
        intent: seq,
        outcome: 'unknown' as const,
        sentence: 'Pointsman stopped before it saw an answer.',
      },
    }));
  if (rows.length > 0) context.recordAll(rows);
}

function resultOf(
  effect: Extract<EffectKind, 'memory' | 'disk'>,
  intent: { readonly seq: number; readonly to: 'blue' | 'green' },
  found: Held,
) {
  const applied = found.kind === 'side' && found.side === intent.to;
  return {
    kind: 'result' as const,
    effect,
    intent: intent.seq,
    outcome: applied ? ('applied' as const) : ('not_applied' as const),
    sentence: applied
      ? `Read back: ${heldWords(found)}.`
      : `Read back: ${heldWords(found)}, not ${intent.to}.`,
  };
}
