import { stepOf } from '../../release/plan.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { isOn, onEveryNode, readFleet } from '../fleet.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { closeSideActs, finishSide } from '../prepare-side.ts';
import type { RunContext } from '../run-context.ts';
import { SideUse } from '../side-use.ts';
import type { Stage } from '../stage.ts';
import { takeOver } from '../take-over.ts';
import { isLeft, type Left, leftOnOldSide, sumOf, sumOfRunning } from './left-on-old-side.ts';

/** Counts what is left on the old side down to zero; at the deadline a person, or the plan, decides. */
export const draining: Stage = { name: 'draining', run };

/** Between two counts, milliseconds. */
const countMs = 1_000;

async function run(context: RunContext): Promise<Outcome> {
  const step = stepOf(context.release.plan, 'drain');
  if (step === undefined) return passed;
  startOnce(context, step.timeoutMs);
  const use = new SideUse(context.deps.clock, context.release.plan.target);
  let most = 0;
  while (!context.signal.aborted) {
    const counts = await leftOnOldSide(context, use);
    if (context.signal.aborted) break;
    const stray = await bringBackStrays(context, counts);
    if (stray !== undefined) return stray;
    closeOpenShutdowns(context, counts);
    closeSideActs(
      context,
      counts.map(({ reading }) => reading),
    );
    const over = isLeft(counts)
      ? await finish(context, counts, 'whole')
      : await atDeadline(context, step, counts);
    if (over !== undefined) return over;
    const left = sumOf(counts);
    most = Math.max(most, left);
    show(context, counts, most);
    await context.rest(countMs);
  }
  return interrupted;
}

function show(context: RunContext, counts: readonly Left[], most: number): void {
  const { from } = context.release.plan;
  const left = sumOf(counts);
  const used = counts.filter(({ inUse }) => inUse).length;
  const users =
    used === 0 ? '' : `; users still come back to it on ${used} of ${counts.length} nodes`;
  context.progress({
    text: `${left} sessions left on ${from}${users}`,
    done: most - left,
    total: most,
    readings: counts.map(({ reading }) => reading),
  });
}

/** After attention was needed the deadline of before is gone: it begins anew. */
function startOnce(context: RunContext, timeoutMs: number): void {
  const { drain, deadline } = context.release;
  if (drain !== undefined && deadline) return;
  const ends = deadlineIn(context.deps.clock, timeoutMs);
  context.record({ kind: 'drain_started', deadline: ends });
}

/**
 * A node that left the accepted side while the old one drains (its file was changed and it reloaded, or another hand)
 * is brought forward like any node after acceptance. A silent node is no proof of that.
 */
async function bringBackStrays(
  context: RunContext,
  counts: readonly Left[],
): Promise<Outcome | undefined> {
  const { plan } = context.release;
  const strays = counts.filter(
    ({ reading }) => reading.kind === 'reached' && !reading.stopping && !isOn(reading, plan.to),
  );
  if (strays.length === 0) return undefined;
  const who = strays.map(({ node }) => node).join(', ');
  const sentence = `${who} left ${plan.to} during the drain and is brought there again.`;
  context.record({ kind: 'recovered', sentence }, system('drain'));
  const forward = await takeOver(context);
  return forward.kind === 'passed' ? undefined : forward;
}

/** A shutdown that a crash cut off is not repeated blindly: the sessions are counted, and that closes it. */
function closeOpenShutdowns(context: RunContext, counts: readonly Left[]): void {
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

async function atDeadline(
  context: RunContext,
  step: { readonly timeoutMs: number; readonly then: 'wait' | 'shutdown' },
  counts: readonly Left[],
): Promise<Outcome | undefined> {
  const rows = context.deps.journal.rowsOf(context.id);
  const last = rows.findLast(({ what }) => what.kind.startsWith('drain_'))?.what.kind;
  if (last === 'drain_shutdown') return shutDown(context, counts);
  const { deadline } = context.release;
  if (deadline && msUntil(context.deps.clock, deadline) > 0) return undefined;
  // Nobody can shut down what is left on old workers: there is nothing to ask.
  if (last === 'drain_deadline' || nothingToDecide(counts)) return finish(context, counts, 'left');
  if (step.then === 'shutdown') {
    context.record({ kind: 'drain_shutdown' }, system('drain'));
    return shutDown(context, counts);
  }
  context.record({
    kind: 'drain_deadline',
    sessions: sumOf(counts),
    stragglers: stragglersOf(counts),
    deadline: deadlineIn(context.deps.clock, step.timeoutMs),
  });
  return undefined;
}

async function shutDown(context: RunContext, counts: readonly Left[]): Promise<Outcome> {
  const { plan } = context.release;
  // Nobody may come back to it while what is left there is cut.
  await takeOut(context);
  const withSessions = counts
    .filter(({ sessions, onOldWorkers }) => sessions > onOldWorkers)
    .map(({ node }) => node);
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
  const { clock } = context.deps;
  const after = await leftOnOldSide(context, new SideUse(clock, plan.target));
  return finish(context, after, 'left');
}

/** `whole`: nothing is left, so the old side is taken out; `left`: what is left stays, or was cut already. */
async function finish(
  context: RunContext,
  counts: readonly Left[],
  how: 'whole' | 'left',
): Promise<Outcome> {
  if (how === 'whole') await takeOut(context);
  const sessions = sumOf(counts);
  context.record({ kind: 'drained', sessions, stragglers: stragglersOf(counts) });
  return passed;
}

async function takeOut(context: RunContext): Promise<void> {
  if (context.route.finish === undefined) return;
  const { plan } = context.release;
  await finishSide(context, plan.target.nodes, plan.from);
  const readings = await readFleet(context.route, plan.target);
  closeSideActs(context, readings, { silentToo: true });
}

/** What is left is on old workers only, whom nobody can tell anything. */
function nothingToDecide(counts: readonly Left[]): boolean {
  return sumOfRunning(counts) === 0 && counts.every(({ inUse }) => !inUse);
}

function stragglersOf(counts: readonly Left[]): readonly string[] {
  return counts
    .flatMap(({ node, stragglers }) => stragglers.map((line) => `${node}: ${line}`))
    .slice(0, 20);
}
