import { valueWords } from '../release/held-words.ts';
import { joined } from '../release/joined.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { ReachedNode } from '../release/reading.ts';
import { wordsOf } from '../release/target.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';
import type { Armed, WriteResult } from './ports.ts';
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
  const armed = await armAll(context, readings, to);
  if (armed.kind === 'not_armed') return armed;
  let intents: readonly Entry[];
  try {
    intents = writeIntents(context, readings, to, why);
  } catch (error) {
    for (const one of armed.armed) one.disarm();
    throw error;
  }
  const results = await Promise.all(armed.armed.map((one) => one.fire()));
  const written = readings.map((reading, i) => ({
    reading,
    intent: intents[i]?.seq ?? 0,
    result: results[i] as WriteResult,
  }));
  noteAnswered(context, written);
  return { kind: 'fired', written, skewMs: skewOf(results) };
}

/** Commits the intents to change memory, one row per node, in one transaction. */
export function writeIntents(
  context: RunContext,
  readings: readonly ReachedNode[],
  to: Side,
  why: string,
): readonly Entry[] {
  const words = wordsOf(context.release.plan.target);
  return context.recordAll(
    readings.map((reading) => ({
      node: reading.node,
      before: valueWords(reading.memory, words),
      after: words[to],
      what: { kind: 'intent', effect: 'memory', to, why },
    })),
  );
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

/** Remembers the writes that were answered: no barrier is needed behind them. */
export function noteAnswered(context: RunContext, written: readonly Written[]): void {
  for (const { intent, result } of written) {
    if (result.kind === 'accepted') context.answered.add(intent);
  }
}

/** Milliseconds between the first and the last node's answer. */
function skewOf(results: readonly WriteResult[]): number {
  const moments = results.filter((r) => r.kind === 'accepted').map((r) => r.answeredAt);
  if (moments.length < 2) return 0;
  return Math.round((Math.max(...moments) - Math.min(...moments)) * 1000) / 1000;
}

/** The rows for what the wire already said no to, or did not say. `accepted` stays open until it is read back. */
export function recordWireResults(context: RunContext, written: readonly Written[]): void {
  const rows = written.flatMap(({ reading, intent, result }) =>
    result.kind === 'accepted'
      ? []
      : [
          {
            node: reading.node,
            what: {
              kind: 'result' as const,
              effect: 'memory' as const,
              intent,
              outcome: result.kind,
              sentence: result.why,
            },
          },
        ],
  );
  if (rows.length > 0) context.recordAll(rows);
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
