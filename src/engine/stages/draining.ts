import { stepOf } from '../../release/plan.ts';
import type { SessionCount } from '../../release/reading.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { nodesOf, onEveryNode } from '../fleet.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Counts what is left on the old side down to zero; at the deadline a person, or the plan, decides. */
export const draining: Stage = { name: 'draining', run };

/** Between two counts, milliseconds. */
const countMs = 1_000;

async function run(context: RunContext): Promise<Outcome> {
  const step = stepOf(context.release.plan, 'drain');
  if (step === undefined) return passed;
  if (context.release.drain === undefined) {
    context.record({
      kind: 'drain_started',
      deadline: deadlineIn(context.deps.clock, step.timeoutMs),
    });
  }
  let most = 0;
  while (!context.signal.aborted) {
    const counts = await countOld(context);
    if (context.signal.aborted) break;
    closeOpenShutdowns(context, counts);
    const left = sum(counts);
    most = Math.max(most, left);
    const over = left === 0 ? finish(context, counts) : await atDeadline(context, step, counts);
    if (over !== undefined) return over;
    context.progress({
      text: `${left} sessions left on ${context.release.plan.from}`,
      done: most - left,
      total: most,
    });
    await context.rest(countMs);
  }
  return interrupted;
}

/** A shutdown that a crash cut off is not repeated blindly: the sessions are counted, and that closes it. */
function closeOpenShutdowns(context: RunContext, counts: readonly SessionCount[]): void {
  const open = context.release.openIntents.filter(({ effect }) => effect === 'sessions');
  if (open.length === 0) return;
  context.recordAll(
    open.map(({ seq, node, to }) => ({
      node,
      what: {
        kind: 'reconciled',
        effect: 'sessions',
        intent: seq,
        found: { kind: 'side', side: to },
        sentence: `${counts.find((c) => c.node === node)?.sessions ?? 0} sessions are left.`,
      },
    })),
  );
}

function countOld(context: RunContext): Promise<readonly SessionCount[]> {
  const { plan } = context.release;
  return onEveryNode(nodesOf(plan.target), (node) =>
    context.route
      .sessions(node, plan.from, context.signal)
      .catch((error: unknown) => notCounted(node, error)),
  );
}

/** A node that cannot be asked has an unknown number of sessions: one, so that it is not taken for drained. */
function notCounted(node: SessionCount['node'], error: unknown): SessionCount {
  const why = error instanceof Error ? error.message : String(error);
  return { node, sessions: 1, stragglers: [`${node} could not be asked: ${why}`] };
}

async function atDeadline(
  context: RunContext,
  step: { readonly timeoutMs: number; readonly then: 'wait' | 'shutdown' },
  counts: readonly SessionCount[],
): Promise<Outcome | undefined> {
  const rows = context.deps.journal.rowsOf(context.id);
  const last = rows.findLast(({ what }) => what.kind.startsWith('drain_'))?.what.kind;
  if (last === 'drain_shutdown') return shutDown(context, counts);
  const { deadline } = context.release;
  if (deadline && msUntil(context.deps.clock, deadline) > 0) return undefined;
  if (last === 'drain_deadline') return finish(context, counts);
  if (step.then === 'shutdown') {
    context.record({ kind: 'drain_shutdown' }, system('drain'));
    return shutDown(context, counts);
  }
  context.record({
    kind: 'drain_deadline',
    sessions: sum(counts),
    stragglers: stragglersOf(counts),
    deadline: deadlineIn(context.deps.clock, step.timeoutMs),
  });
  return undefined;
}

async function shutDown(context: RunContext, counts: readonly SessionCount[]): Promise<Outcome> {
  const { plan } = context.release;
  const withSessions = counts.filter(({ sessions }) => sessions > 0).map(({ node }) => node);
  const intents = context.recordAll(
    withSessions.map((node) => ({
      node,
      what: { kind: 'intent', effect: 'sessions', to: plan.to, why: 'shut down sessions' },
    })),
  );
  const results = await onEveryNode(withSessions, async (node) => {
    try {
      await context.route.shutDownSessions(node, plan.from);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
  context.recordAll(
    withSessions.map((node, i) => ({
      node,
      what: {
        kind: 'result',
        effect: 'sessions',
        intent: intents[i]?.seq ?? 0,
        outcome: results[i] === undefined ? 'applied' : 'not_applied',
        sentence: results[i] ?? `The sessions on ${plan.from} were shut down.`,
      },
    })),
  );
  await context.pause(200);
  return finish(context, await countOld(context));
}

function finish(context: RunContext, counts: readonly SessionCount[]): Outcome {
  const sessions = sum(counts);
  context.record({ kind: 'drained', sessions, stragglers: stragglersOf(counts) });
  return passed;
}

function stragglersOf(counts: readonly SessionCount[]): readonly string[] {
  return counts
    .flatMap(({ node, stragglers }) => stragglers.map((line) => `${node}: ${line}`))
    .slice(0, 20);
}

function sum(counts: readonly SessionCount[]): number {
  return counts.reduce((total, { sessions }) => total + sessions, 0);
}
