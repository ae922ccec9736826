import { counted } from '../release/counted.ts';
import { heldWords, valueWords } from '../release/held-words.ts';
import type { Draft, EffectKind, Happening } from '../release/journal-entry.ts';
import type { Held, NodeReading, ReachedNode } from '../release/reading.ts';
import { type OpenIntent, openWrites } from '../release/release.ts';
import { wordsOf } from '../release/target.ts';
import { otherSide, type Side } from '../release/vocabulary.ts';
import { nodesOf } from './fleet.ts';
import type { RunContext } from './run-context.ts';

/** Closes the intents of these nodes whose write was answered with what was read back. What is in doubt stays open. */
export function closeIntents(
  context: RunContext,
  effect: Extract<EffectKind, 'memory' | 'disk'>,
  readings: readonly NodeReading[],
): void {
  const known = context.release.openIntents.filter(
    (one) => one.effect === effect && (!one.unknown || context.answered.has(one.seq)),
  );
  close(context, known, readings);
}

/** Closes these intents, of whatever effect, with what was read after nothing of them could come any more. */
export function closeEveryIntent(
  context: RunContext,
  readings: readonly NodeReading[],
  over: ReadonlySet<number>,
): void {
  close(
    context,
    context.release.openIntents.filter(({ seq }) => over.has(seq)),
    readings,
  );
}

function close(
  context: RunContext,
  intents: readonly OpenIntent[],
  readings: readonly NodeReading[],
): void {
  const words = wordsOf(context.release.plan.target);
  const rows = intents.flatMap((intent) => {
    const reading = readings.find(({ node }) => node === intent.node);
    const row = reading === undefined ? undefined : rowFor(intent, reading, words);
    return row === undefined ? [] : [row];
  });
  if (rows.length > 0) context.recordAll(rows);
}

type Row = Pick<Draft, 'node' | 'readback' | 'what'>;

/** Undefined where the reading does not say it. A silent node's file can be read all the same. */
function rowFor(
  intent: OpenIntent,
  reading: NodeReading,
  words: ReturnType<typeof wordsOf>,
): Row | undefined {
  const { effect, node } = intent;
  if (effect !== 'memory' && effect !== 'disk') {
    return reading.kind === 'reached' ? { node, what: reconciledSide(intent, reading) } : undefined;
  }
  const found = effect === 'disk' ? reading.disk : memoryOf(reading);
  if (found === undefined) return undefined;
  return { node, readback: valueWords(found, words), what: closing(effect, intent, found) };
}

function memoryOf(reading: NodeReading): Held | undefined {
  return reading.kind === 'reached' ? reading.memory : undefined;
}

function closing(effect: 'memory' | 'disk', intent: OpenIntent, found: Held): Happening {
  const { seq, node, unknown } = intent;
  if (!unknown) return resultOf(effect, intent, found);
  const sentence = `${node} was read again and holds ${heldWords(found)}.`;
  return { kind: 'reconciled', effect, intent: seq, found, sentence };
}

/** A side that was let in or taken out, or whose sessions were cut: what is there now. */
function reconciledSide({ seq, effect, node, to }: OpenIntent, reading: ReachedNode): Happening {
  const common = { kind: 'reconciled', effect, intent: seq } as const;
  const found = { kind: 'side', side: to } as const;
  if (effect === 'sessions') {
    const { sessions, side } = reading.sides[otherSide(to)];
    return {
      ...common,
      found,
      sentence: `${node} was read again: ${counted(sessions, 'session')} on ${side}.`,
    };
  }
  const sentence = `${node} was read again: ${to} has ${statesOf(reading, to)}.`;
  return { ...common, found, sentence };
}

function statesOf({ sides }: ReachedNode, side: Side): string {
  return sides[side].servers.map(({ name, status }) => `${name} ${status}`).join(', ');
}

/** Intents on nodes that the configuration no longer names: nobody asks them any more. */
export function closeUnaskedIntents(context: RunContext): void {
  const asked = new Set(nodesOf(context.target));
  const gone = context.release.openIntents.filter(({ node }) => !asked.has(node));
  if (gone.length === 0) return;
  const why = 'the configuration no longer names it';
  context.recordAll(
    gone.map(({ seq, effect, node }) => ({
      node,
      what: {
        kind: 'reconciled',
        effect,
        intent: seq,
        found: { kind: 'unreadable', why },
        sentence: `${node} was not asked any more: ${why}.`,
      },
    })),
  );
}

/**
 * What an earlier process wrote and did not see the end of may still be carried out: unknown, as a write without an
 * answer is. A file is written by the process itself, so nothing of that comes after it.
 */
export function doubtOpenWrites(context: RunContext): void {
  const sentence = 'Pointsman stopped before it saw an answer.';
  const rows = openWrites(context.anyRelease)
    .filter(({ effect, unknown, seq }) => {
      return effect !== 'disk' && !unknown && !context.answered.has(seq);
    })
    .map((intent) => ({ node: intent.node, what: inDoubt(intent, sentence) }));
  if (rows.length > 0) context.recordAll(rows);
}

function inDoubt(intent: ReturnType<typeof openWrites>[number], sentence: string): Happening {
  const common = { intent: intent.seq, outcome: 'unknown', sentence } as const;
  return 'settings' in intent
    ? { kind: 'servers_result', ...common }
    : { kind: 'result', effect: intent.effect, ...common };
}

function resultOf(
  effect: Extract<EffectKind, 'memory' | 'disk'>,
  intent: { readonly seq: number; readonly to: Side },
  found: Held,
): Happening {
  const applied = found.kind === 'side' && found.side === intent.to;
  return {
    kind: 'result',
    effect,
    intent: intent.seq,
    outcome: applied ? 'applied' : 'not_applied',
    sentence: applied
      ? `Read back: ${heldWords(found)}.`
      : `Read back: ${heldWords(found)}, not ${intent.to}.`,
  };
}
