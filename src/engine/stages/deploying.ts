import { counted } from '../../release/counted.ts';
import { lastRun } from '../../release/hook-run.ts';
import { stepOf } from '../../release/plan.ts';
import { system } from '../../release/vocabulary.ts';
import { cutSessions } from '../cut-sessions.ts';
import { msSince } from '../deadline.ts';
import { closeOpenShutdowns, stragglersOf, takeOut } from '../drain-side.ts';
import { worldMoved } from '../gates.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
import { mayRunNow } from '../may-run.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { closeSideActs } from '../prepare-side.ts';
import { replan } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import { runHook, sideOfHook } from '../run-hook.ts';
import { SideUse } from '../side-use.ts';
import type { Stage } from '../stage.ts';
import { isLeft, type Left, leftOnSide, sumOf } from './left-on-side.ts';

/** Migrates and deploys to the side that has no traffic, once nobody is left there. */
export const deploying: Stage = { name: 'deploying', run };

/** Between two counts, milliseconds. */
const countMs = 1_000;

async function run(context: RunContext): Promise<Outcome> {
  const refusal = await mayRunNow(context);
  if (context.signal.aborted) return interrupted;
  if (refusal !== undefined) return nothingDone(refusal);
  for (const point of ['migrate', 'deploy'] as const) {
    const over = await deployAt(context, point);
    if (over !== undefined) return over;
  }
  return passed;
}

async function deployAt(
  context: RunContext,
  point: 'migrate' | 'deploy',
): Promise<Outcome | undefined> {
  const { plan, hooks } = context.release;
  if (plan.hooks?.[point] === undefined) return undefined;
  // What is deployed may be looked at by anybody: nobody is driven away from it after a restart.
  if (lastRun(hooks, point)?.ended?.outcome !== 'succeeded') {
    const occupied = await untilNobodyIsLeft(context);
    if (occupied !== undefined) return occupied;
  }
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end);
}

function nothingDone(why: string): Outcome {
  return {
    kind: 'ends',
    state: 'failed',
    why: `Nothing was deployed and nothing was moved: ${why}. Mend it and ask again.`,
    by: system('deploy'),
  };
}

/** Waits until no session is left on the side that is overwritten; a person is asked what to do about them. */
async function untilNobodyIsLeft(context: RunContext): Promise<Outcome | undefined> {
  const { plan } = context.release;
  const use = wasFinished(context) ? undefined : new SideUse(context.deps.clock, plan.target);
  let most = 0;
  while (!context.signal.aborted) {
    const counts = await leftOnSide(context, plan.to, cutBefore(context) ? undefined : use);
    if (context.signal.aborted) break;
    const readings = counts.map(({ reading }) => reading);
    closeOpenShutdowns(context, counts);
    closeSideActs(context, readings);
    const moved = worldMoved(plan, readings);
    if (moved !== undefined) return replan(context, moved);
    if (isLeft(counts)) return undefined;
    await askOrCut(context, counts);
    most = Math.max(most, sumOf(counts));
    context.progress({
      text: `${counted(sumOf(counts), 'session')} left on ${plan.to}: it is deployed to when nobody is left`,
      done: most - sumOf(counts),
      total: most,
      readings,
    });
    await context.rest(countMs);
  }
  return interrupted;
}

/** The release that left this side ended it: whoever was there cannot come back. */
function wasFinished({ deps, release }: RunContext): boolean {
  const left = deps.journal.service(release.service).accepted?.release;
  if (left === undefined) return false;
  return deps.journal
    .rowsOf(left)
    .some(
      ({ what }) =>
        what.kind === 'intent' && what.effect === 'finish' && what.to === release.plan.to,
    );
}

function lastAnswer({ deps, id }: RunContext) {
  return deps.journal
    .rowsOf(id)
    .findLast(({ what }) =>
      ['overwrite_asked', 'drain_waited', 'drain_shutdown'].includes(what.kind),
    );
}

function cutBefore(context: RunContext): boolean {
  return lastAnswer(context)?.what.kind === 'drain_shutdown';
}

function isTakenOut({ deps, id }: RunContext, since: number): boolean {
  return deps.journal
    .rowsOf(id)
    .some(({ seq, what }) => seq > since && what.kind === 'intent' && what.effect === 'finish');
}

async function askOrCut(context: RunContext, counts: readonly Left[]): Promise<void> {
  const { plan } = context.release;
  const { clock } = context.deps;
  const last = lastAnswer(context);
  if (last?.what.kind === 'drain_shutdown') {
    if (!isTakenOut(context, last.seq)) await takeOut(context, plan.to);
    await cutSessions(context, plan.to, counts);
    return;
  }
  const againMs = stepOf(plan, 'drain')?.timeoutMs ?? 0;
  const waits = last?.what.kind === 'drain_waited' && msSince(clock, last.instant) < againMs;
  if (waits || last?.what.kind === 'overwrite_asked') return;
  context.record({
    kind: 'overwrite_asked',
    sessions: sumOf(counts),
    stragglers: stragglersOf(counts),
  });
}
