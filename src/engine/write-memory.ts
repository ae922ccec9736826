import { valueWords } from '../release/held-words.ts';
import { joined } from '../release/joined.ts';
import type { ReachedNode } from '../release/reading.ts';
import { wordsOf } from '../release/target.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';
import { type Act, type Performed, perform } from './effects/perform.ts';
import type { Armed, EffectGate, WriteResult } from './ports.ts';
import type { RunContext } from './run-context.ts';

/** One node's write: the intent's row and how the wire ended. */
export interface Written {
  readonly reading: ReachedNode;
  readonly intent: number;
  readonly result: WriteResult;
}

export type Volley =
  | { readonly kind: 'fired'; readonly written: readonly Written[]; readonly skewMs: number }
  /** Not every connection could be opened: nothing was sent to any node. */
  | { readonly kind: 'not_armed'; readonly why: string };

/**
 * Arm, then fire: a fresh connection to every node, the intents of all nodes in one transaction,
 * then the line to all in one go. Nothing is sent unless every node is armed and every intent is on disk.
 */
export async function fireOnAll(
  context: RunContext,
  readings: readonly ReachedNode[],
  to: Side,
  why: string,
): Promise<Volley> {
  const all = await armAll(context, readings, to);
  if (all.kind === 'not_armed') return all;
  const acts = readings.map((reading, i) => {
    const armed = all.armed[i] as Armed;
    return {
      ...memoryAct(context, reading, to, why),
      send: (gate: EffectGate) => armed.fire(gate),
    };
  });
  try {
    const written = await perform(context, acts);
    return { kind: 'fired', written: withReadings(readings, written), skewMs: skewOf(written) };
  } catch (error) {
    for (const one of all.armed) one.disarm();
    throw error;
  }
}

/** The intent to bring one node's memory to a side. */
export function memoryAct(
  context: RunContext,
  { node, memory }: ReachedNode,
  to: Side,
  why: string,
): Omit<Act, 'send'> {
  const words = wordsOf(context.release.plan.target);
  return {
    node,
    before: valueWords(memory, words),
    after: words[to],
    what: { kind: 'intent', effect: 'memory', to, why },
  };
}

function withReadings(
  readings: readonly ReachedNode[],
  performed: readonly Performed<WriteResult>[],
): readonly Written[] {
  return performed.flatMap(({ intent, result }, i) => {
    const reading = readings[i];
    return reading === undefined ? [] : [{ reading, intent, result }];
  });
}

type ArmedAll =
  | { readonly kind: 'armed'; readonly armed: readonly Armed[] }
  | { readonly kind: 'not_armed'; readonly why: string };

async function armAll(
  context: RunContext,
  readings: readonly ReachedNode[],
  to: Side,
): Promise<ArmedAll> {
  const { route } = context;
  const tries = await Promise.allSettled(
    readings.map(({ node, worker }) => route.arm(node, to, worker)),
  );
  const armed = tries.filter((t) => t.status === 'fulfilled').map(({ value }) => value);
  const failures = tries
    .filter((t) => t.status === 'rejected')
    .map(({ reason }) => (reason instanceof Error ? reason.message : String(reason)));
  if (failures.length === 0) return { kind: 'armed', armed };
  for (const one of armed) one.disarm();
  return { kind: 'not_armed', why: joined(failures) };
}

/** Milliseconds between the first and the last node's answer. */
function skewOf(written: readonly Performed<WriteResult>[]): number {
  const moments = written.flatMap(({ result }) =>
    result.kind === 'accepted' ? [result.answeredAt] : [],
  );
  if (moments.length < 2) return 0;
  return Math.round((Math.max(...moments) - Math.min(...moments)) * 1000) / 1000;
}

/** The volley's skew; and who answered, where the switch itself put another worker in place. */
export function recordSwitched(
  context: RunContext,
  { written, skewMs }: Extract<Volley, { kind: 'fired' }>,
): void {
  const workers = Object.fromEntries(
    written.flatMap(({ reading, result }) =>
      result.kind === 'accepted' && !isSameWorker(result.worker, reading.worker)
        ? [[reading.node, result.worker] as const]
        : [],
    ),
  );
  const changed = Object.keys(workers).length > 0;
  const everywhere = written.length === context.release.plan.target.nodes.length;
  context.record({
    kind: 'switched',
    skewMs,
    ...(everywhere ? {} : { written: written.length }),
    ...(changed ? { workers } : {}),
  });
}

/** `lb-2: no whole answer within 3 s` for every node that did not take it. */
export function whyNot(written: readonly Written[]): string {
  return joined(
    written.flatMap(({ reading, result }) =>
      result.kind === 'accepted' ? [] : [`${reading.node}: ${result.why}`],
    ),
  );
}

/** The open memory intents of one node. */
export function openMemoryIntents(
  context: RunContext,
  node: NodeName,
): readonly { readonly seq: number; readonly unknown: boolean; readonly to: Side }[] {
  return context.release.openIntents.filter(
    (intent) => intent.effect === 'memory' && intent.node === node,
  );
}
