import { type HookFacts, type HookRun, lastRun } from '../release/hook-run.ts';
import { hookByHand, hookCommandFor } from '../release/hook-words.ts';
import { type HookPlan, type HookPoint, isSidePlan } from '../release/plan.ts';
import { typed } from '../release/typed.ts';
import { otherSide, type ServerName, type Side } from '../release/vocabulary.ts';
import { HookNotes } from './hook-notes.ts';
import type { RunContext } from './run-context.ts';

/** How a hook of a release stands after it was its turn. */
export type HookEnd =
  /** There is none, or it has succeeded before in this release. */
  | { readonly kind: 'none' }
  | { readonly kind: 'succeeded' }
  /** It failed, or was not done in time. */
  | { readonly kind: 'failed'; readonly sentence: string }
  /** A person or the end of the program cut it off: the journal says what is next. */
  | { readonly kind: 'cut' }
  /** Nobody knows how it ended, and it may not simply be run again. */
  | { readonly kind: 'in_doubt'; readonly sentence: string; readonly byHand: string };

/** What it works on: a side, or one server. */
export interface HookPlace {
  readonly side?: Side;
  readonly server?: ServerName;
}

/**
 * Runs the plan's hook of one point, once per release: intent row, run, result row. What was in doubt, or failed, is run
 * again where the hook allows it or a person asked for it.
 */
export async function runHook(
  context: RunContext,
  point: HookPoint,
  place: HookPlace,
): Promise<HookEnd> {
  const hook = context.anyRelease.plan.hooks?.[point];
  if (hook === undefined) return { kind: 'none' };
  closeHooks(context);
  const last = lastRun(context.anyRelease.hooks, point, place.server);
  const facts = factsOf(context, point, place);
  const before = last === undefined ? undefined : standingOf(last, hook, facts);
  if (before !== undefined) return before;
  // Somebody may have ended the release this moment: nothing is begun any more.
  if (context.signal.aborted) return { kind: 'cut' };
  return runNow(context, hook, facts);
}

/** Closes the rows of hooks that nobody runs any more: a crash took their end with it. */
export function closeHooks(context: RunContext): void {
  const open = (context.anyRelease.hooks ?? []).filter(({ ended }) => ended === undefined);
  if (open.length === 0) return;
  context.recordAll(
    open.map(({ seq }) => ({
      what: {
        kind: 'hook_ended',
        hook: seq,
        outcome: 'unknown',
        sentence: 'Pointsman died while it ran and nobody saw its end; it may still be running.',
        ms: 0,
      },
    })),
  );
}

/** What an earlier run says; undefined where it is to be run now. */
function standingOf(last: HookRun, hook: HookPlan, facts: HookFacts): HookEnd | undefined {
  const { ended, again } = last;
  // Another configuration runs something else: what became of the old words is no longer asked.
  const same = last.command === hookCommandFor(hook, facts);
  if (ended?.outcome === 'succeeded') return same ? { kind: 'none' } : undefined;
  if (again) return undefined;
  if (ended?.outcome === 'failed' || ended?.outcome === 'timed_out') {
    return same ? { kind: 'failed', sentence: ended.sentence } : undefined;
  }
  if (hook.idempotent) return undefined;
  return {
    kind: 'in_doubt',
    sentence: doubt(last, facts.release),
    byHand: hookByHand(hook, facts),
  };
}

function doubt({ point, server, command, ended }: HookRun, release: string): string {
  const what = server === undefined ? point : `${point} of ${server}`;
  const why = ended?.sentence ?? 'nobody saw its end.';
  return `Nobody knows how the hook ${what} of ${release} ended (\`${typed(command)}\`): ${why} Look whether it has done its work. Re-apply runs it again.`;
}

function factsOf(context: RunContext, point: HookPoint, { side, server }: HookPlace): HookFacts {
  const { plan, service } = context.anyRelease;
  return {
    point,
    service,
    release: context.id,
    ...(side === undefined ? {} : { side, otherSide: otherSide(side) }),
    ...(plan.version === undefined ? {} : { version: plan.version }),
    ...(server === undefined ? {} : { server }),
  };
}

async function runNow(context: RunContext, hook: HookPlan, facts: HookFacts): Promise<HookEnd> {
  const { deps, signal, gate } = context;
  gate.check();
  const { point, server } = facts;
  const before = lastRun(context.anyRelease.hooks, point, server);
  const { seq } = context.record({
    kind: 'hook_started',
    point,
    ...(server === undefined ? {} : { server }),
    attempt: (before?.attempt ?? 0) + 1,
    command: hookCommandFor(hook, facts),
    pointOfNoReturn: hook.pointOfNoReturn,
  });
  const notes = new HookNotes(deps.clock, (text) => tellOutput(context, seq, text));
  context.progress({ text: `The hook ${point} runs` });
  const { outcome, sentence, ms } = await deps.runHook(hook, facts, {
    signal,
    onOutput: (line) => {
      notes.add(line);
      context.progress({ text: `The hook ${point} runs: ${line.slice(0, 120)}` });
    },
  });
  await notes.end();
  context.record({ kind: 'hook_ended', hook: seq, outcome, sentence, ms });
  switch (outcome) {
    case 'succeeded':
      return { kind: 'succeeded' };
    case 'cancelled':
      return { kind: 'cut' };
    default:
      return { kind: 'failed', sentence };
  }
}

/** What a hook says is worth a row, and not its end: where none can be written, the hook goes on. */
function tellOutput(context: RunContext, hook: number, text: string): void {
  try {
    context.record({ kind: 'hook_output', hook, text });
  } catch (error) {
    context.deps.reportError(error, `journaling what a hook of ${context.id} says`);
  }
}

/** The side a hook of a release between sides works on. */
export function sideOfHook(context: RunContext, point: HookPoint): Side {
  const { plan } = context.anyRelease;
  if (!isSidePlan(plan)) throw new Error(`${context.id} moves single servers and has no sides.`);
  // What a rollback leaves is its own old side; what a release that goes back leaves is the side it went to.
  if (point !== 'after_rollback') return plan.to;
  return plan.kind === 'rollback' ? plan.from : plan.to;
}
