import { counted } from '../../release/counted.ts';
import { lastRun } from '../../release/hook-run.ts';
import { stepOf } from '../../release/plan.ts';
import { system } from '../../release/vocabulary.ts';
import { cutSessions } from '../cut-sessions.ts';
import { msSince } from '../deadline.ts';
import { stragglersOf, takeOut } from '../drain-side.ts';
import { settleWrites } from '../effects/settle-writes.ts';
import { readFleet } from '../fleet.ts';
import { worldMoved } from '../gates.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
import { mayRunNow } from '../may-run.ts';
import { askAboutOthers, othersAllowed } from '../other-users.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { replan } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import { runHook, sideOfHook } from '../run-hook.ts';
import { SideUse } from '../side-use.ts';
import type { Stage } from '../stage.ts';
import { isLeft, type Left, leftOnSide, sumOf } from './left-on-side.ts';

/** Migrates and deploys to the side that has no traffic, once nobody is left there. */
export const deploying: Stage = { name: 'deploying', run };

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
    const occupied = await untilFree(context, point);
    if (occupied !== undefined) return occupied;
  }
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end);
}

/** Until the side may be overwritten: nobody else is sent there, and nobody is left; or a person wants it all the same. */
async function untilFree(
  context: RunContext,
  point: 'migrate' | 'deploy',
): Promise<Outcome | undefined> {
  const { plan } = context.release;
  // A node that is silent counts as one with users, below.
  const used = await askAboutOthers(context, point, plan.to, 'are_waited_for');
  if (used !== undefined) return used;
  // Their users are there now and will be: to wait for them would be to wait for ever.
  if (othersAllowed(context)) return replanIfMoved(context);
  const occupied = await untilNobodyIsLeft(context);
  // It may have taken long.
  return occupied ?? askAboutOthers(context, point, plan.to);
}

async function replanIfMoved(context: RunContext): Promise<Outcome | undefined> {
  const { plan } = context.release;
  const moved = worldMoved(plan, await readFleet(context.route, plan.target, context.signal));
  if (context.signal.aborted) return interrupted;
  return moved === undefined ? undefined : replan(context, moved);
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
    const over = await whileSomebodyIsLeft(context, counts);
    if (over !== undefined) return over.outcome;
    most = Math.max(most, sumOf(counts));
    context.progress({
      text: `${counted(sumOf(counts), 'session')} left on ${plan.to}: it is deployed to when nobody is left`,
      of: 'drained',
      done: most - sumOf(counts),
      total: most,
      readings: counts.map(({ reading }) => reading),
    });
    await context.rest(context.deps.timings.countMs);
  }
  return interrupted;
}

/** One count's word: nobody is left (no outcome), it stops here, or (undefined) it is waited further. */
async function whileSomebodyIsLeft(
  context: RunContext,
  counts: readonly Left[],
): Promise<{ readonly outcome: Outcome | undefined } | undefined> {
  const late = await settleWrites(context);
  if (late !== undefined) return { outcome: late };
  const readings = counts.map(({ reading }) => reading);
  const moved = worldMoved(context.release.plan, readings);
  if (moved !== undefined) return { outcome: await replan(context, moved) };
  if (isLeft(counts)) return { outcome: undefined };
  const stopped = await askOrCut(context, counts);
  return stopped === undefined ? undefined : { outcome: stopped };
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

async function askOrCut(
  context: RunContext,
  counts: readonly Left[],
): Promise<Outcome | undefined> {
  const { plan } = context.release;
  const { clock } = context.deps;
  const last = lastAnswer(context);
  if (last?.what.kind === 'drain_shutdown') {
    const notOut = isTakenOut(context, last.seq) ? undefined : await takeOut(context, plan.to);
    if (notOut !== undefined) return notOut;
    await cutSessions(context, plan.to, counts);
    return settleWrites(context);
  }
  const againMs = stepOf(plan, 'drain')?.timeoutMs ?? 0;
  const waits = last?.what.kind === 'drain_waited' && msSince(clock, last.instant) < againMs;
  if (waits || last?.what.kind === 'overwrite_asked') return undefined;
  context.record({
    kind: 'overwrite_asked',
    sessions: sumOf(counts),
    stragglers: stragglersOf(counts),
  });
  return undefined;
}
