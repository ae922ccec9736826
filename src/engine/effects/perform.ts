import type { Draft, Entry, Happening } from '../../release/journal-entry.ts';
import type { NodeName } from '../../release/vocabulary.ts';
import type { ActResult, EffectGate } from '../ports.ts';
import type { RunContext } from '../run-context.ts';

type Intent = Extract<Happening, { kind: 'intent' | 'servers_intent' }>;

/** One effect on one node. */
export interface Act<Result extends ActResult = ActResult> {
  readonly node: NodeName;
  readonly before?: string;
  readonly after?: string;
  readonly what: Intent;
  /** Sends it, through the gate. May reject: then it is unknown. */
  readonly send: (gate: EffectGate) => Promise<Result>;
  /** Set where an answer is enough: the sentence of its result row. Otherwise a reading closes it. */
  readonly done?: string;
}

/** How an act ended on the wire, and the row of its intent. */
export interface Performed<Result extends ActResult = ActResult> {
  readonly node: NodeName;
  readonly intent: number;
  readonly result: Result | Exclude<ActResult, { kind: 'accepted' }>;
}

/**
 * The one way in which a release changes nodes: the gate, the intents of all nodes in one transaction, the acts in one go,
 * then the rows for what is known of their end. Throws where the gate is shut or the intents cannot be committed: then
 * nothing was sent.
 */
export async function perform<Result extends ActResult>(
  context: RunContext,
  acts: readonly Act<Result>[],
): Promise<readonly Performed<Result>[]> {
  if (acts.length === 0) return [];
  context.gate.check();
  const intents = context.recordAll(
    acts.map(({ node, before, after, what }) => ({
      node,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      what,
    })),
  );
  // Only here: the intents are in the journal.
  const gate = context.gate as EffectGate;
  const results = await Promise.all(acts.map((act) => act.send(gate).catch(unknown)));
  const performed = acts.map(
    ({ node }, i): Performed<Result> => ({
      node,
      intent: (intents[i] as Entry).seq,
      result: results[i] as Performed<Result>['result'],
    }),
  );
  for (const { intent, result } of performed) {
    // An answered line is over: nothing of it can be carried out later.
    if (result.kind !== 'unknown' || result.answered === true) context.answered.add(intent);
  }
  const rows = performed.flatMap((one, i) => rowsOf(acts[i] as Act<Result>, one));
  if (rows.length > 0) context.recordAll(rows);
  return performed;
}

function unknown(error: unknown): Exclude<ActResult, { kind: 'accepted' }> {
  return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
}

/** The row for what the wire said; none where a reading has to say it. */
function rowsOf(
  { node, what, done }: Omit<Act, 'send'>,
  { intent, result }: Performed,
): readonly Pick<Draft, 'node' | 'what'>[] {
  if (result.kind === 'accepted' && done === undefined) return [];
  const outcome = result.kind === 'accepted' ? ('applied' as const) : result.kind;
  const sentence = result.kind === 'accepted' ? (done ?? '') : result.why;
  const common = { intent, outcome, sentence };
  return what.kind === 'intent'
    ? [{ node, what: { kind: 'result', effect: what.effect, ...common } }]
    : [{ node, what: { kind: 'servers_result', ...common } }];
}
