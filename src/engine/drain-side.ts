import { counted } from '../release/counted.ts';
import { otherUserSentences } from '../release/other-user.ts';
import type { Side } from '../release/vocabulary.ts';
import { system } from '../release/vocabulary.ts';
import { cutSessions } from './cut-sessions.ts';
import { deadlineIn, msUntil } from './deadline.ts';
import { settleWrites } from './effects/settle-writes.ts';
import { isOn, nodesOf } from './fleet.ts';
import { readOtherUsers } from './other-users.ts';
import { interrupted, type Outcome, passed } from './outcome.ts';
import { finishSide } from './prepare-side.ts';
import type { RunContext } from './run-context.ts';
import { SideUse } from './side-use.ts';
import { isLeft, type Left, leftOnSide, sumOf, sumOfRunning } from './stages/left-on-side.ts';
import { takeOver } from './take-over.ts';

/** Which side is left, and what happens to those who stay. */
export interface DrainAsk {
  readonly left: Side;
  /** Drain at most so long, milliseconds, then a person, or the plan, decides. */
  readonly timeoutMs: number;
  readonly then: 'wait' | 'shutdown';
}

interface Leaving extends DrainAsk {
  /** Who else is sent to that side, a sentence each. */
  readonly others: readonly string[];
}

/** Counts what is left on a side down to zero; at the deadline a person, or the plan, decides. */
export async function drainSide(context: RunContext, asked: DrainAsk): Promise<Outcome> {
  startOnce(context, asked.timeoutMs);
  const { plan } = context.release;
  const use = new SideUse(context.deps.clock, plan.target);
  const users = await readOtherUsers(context.route, plan.target, context.signal);
  const leaving = { ...asked, others: otherUserSentences(users, asked.left) };
  let most = 0;
  while (!context.signal.aborted) {
    const counts = await leftOnSide(context, leaving.left, use);
    if (context.signal.aborted) break;
    const stopped =
      (await bringBackStrays(context, leaving, counts)) ?? (await settleWrites(context));
    if (stopped !== undefined) return stopped;
    const over = isLeft(counts)
      ? await finish(context, leaving, counts, 'whole')
      : await atDeadline(context, leaving, counts);
    if (over !== undefined) return over;
    most = Math.max(most, remaining(counts));
    show(context, leaving, counts, most);
    await context.rest(context.deps.timings.countMs);
  }
  return interrupted;
}

function show(
  context: RunContext,
  { left: side }: Leaving,
  counts: readonly Left[],
  most: number,
): void {
  const left = sumOf(counts);
  const used = usedOn(counts);
  const users =
    used === 0
      ? ''
      : `; users still come back to it on ${used} of ${counted(counts.length, 'node')}`;
  context.progress({
    text: `${counted(left, 'session')} left on ${side}${users}`,
    of: 'drained',
    done: most - remaining(counts),
    total: most,
    readings: counts.map(({ reading }) => reading),
  });
}

/** Sessions, and one for every node whose users will come back: without a session now, it is not done. */
function remaining(counts: readonly Left[]): number {
  return sumOf(counts) + usedOn(counts);
}

function usedOn(counts: readonly Left[]): number {
  return counts.filter(({ inUse }) => inUse).length;
}

/** After attention was needed the deadline of before is gone: it begins anew. */
function startOnce(context: RunContext, timeoutMs: number): void {
  const { drain, deadline } = context.release;
  if (drain !== undefined && deadline) return;
  const ends = deadlineIn(context.deps.clock, timeoutMs);
  context.record({ kind: 'drain_started', deadline: ends });
}

/**
 * A node that left the side that counts while the other one drains (its file was changed and it reloaded, or another
 * hand) is brought there again like any node. A silent node is no proof of that.
 */
async function bringBackStrays(
  context: RunContext,
  { left }: Leaving,
  counts: readonly Left[],
): Promise<Outcome | undefined> {
  const { plan, goingBack } = context.release;
  const kept = left === plan.to ? plan.from : plan.to;
  const strays = counts.filter(
    ({ reading }) => reading.kind === 'reached' && !reading.stopping && !isOn(reading, kept),
  );
  if (strays.length === 0) return undefined;
  const who = strays.map(({ node }) => node).join(', ');
  const sentence = `${who} left ${kept} during the drain and is brought there again.`;
  context.record({ kind: 'recovered', sentence }, system('drain'));
  // Who goes back is looked at from the start: every node, and what stands in the way.
  if (goingBack !== undefined) return interrupted;
  const forward = await takeOver(context);
  return forward.kind === 'passed' ? undefined : forward;
}

async function atDeadline(
  context: RunContext,
  leaving: Leaving,
  counts: readonly Left[],
): Promise<Outcome | undefined> {
  const rows = context.deps.journal.rowsOf(context.id);
  const last = rows.findLast(({ what }) => what.kind.startsWith('drain_'))?.what.kind;
  if (last === 'drain_shutdown') return shutDown(context, leaving, counts);
  const { deadline } = context.release;
  if (deadline && msUntil(context.deps.clock, deadline) > 0) return undefined;
  // Nobody can shut down what is left on old workers: there is nothing to ask.
  if (last === 'drain_deadline' || nothingToDecide(counts))
    return finish(context, leaving, counts, 'left');
  if (leaving.then === 'shutdown') {
    context.record({ kind: 'drain_shutdown' }, system('drain'));
    return shutDown(context, leaving, counts);
  }
  context.record({
    kind: 'drain_deadline',
    sessions: sumOf(counts),
    stragglers: [...leaving.others, ...stragglersOf(counts)],
    deadline: deadlineIn(context.deps.clock, leaving.timeoutMs),
  });
  return undefined;
}

async function shutDown(
  context: RunContext,
  leaving: Leaving,
  counts: readonly Left[],
): Promise<Outcome> {
  const { clock } = context.deps;
  // Nobody may come back to it while what is left there is cut.
  const notOut = await takeOut(context, leaving.left);
  if (notOut !== undefined) return notOut;
  await cutSessions(context, leaving.left, counts);
  const unsettled = await settleWrites(context);
  if (unsettled !== undefined) return unsettled;
  await context.pause(200);
  const use = new SideUse(clock, context.release.plan.target);
  const after = await leftOnSide(context, leaving.left, use);
  return finish(context, leaving, after, 'left');
}

/** `whole`: nothing is left, so the old side is taken out; `left`: what is left stays, or was cut already. */
async function finish(
  context: RunContext,
  { left, others }: Leaving,
  counts: readonly Left[],
  how: 'whole' | 'left',
): Promise<Outcome> {
  const notOut = how === 'whole' ? await takeOut(context, left) : undefined;
  if (notOut !== undefined) return notOut;
  const sessions = sumOf(counts);
  // Nobody is there this moment, and somebody is sent there: that is not the same as nobody coming.
  context.record({ kind: 'drained', sessions, stragglers: [...others, ...stragglersOf(counts)] });
  return passed;
}

/** A side is taken out of a node at most so often: each time follows a settled one. */
const mostTries = 3;

/**
 * Nobody is sent to this side any more, where the route can see to that. What was not answered is settled and then done
 * again. An outcome where that cannot be known, or somebody came between.
 */
export async function takeOut(context: RunContext, side: Side): Promise<Outcome | undefined> {
  let nodes = nodesOf(context.target);
  for (let tries = 0; tries < mostTries && nodes.length > 0; tries += 1) {
    const performed = await finishSide(context, nodes, side);
    const unsettled = await settleWrites(context);
    if (unsettled !== undefined) return unsettled;
    nodes = performed.flatMap(({ node, result }) => (result.kind === 'unknown' ? [node] : []));
  }
  return undefined;
}

/** What is left is on old workers only, whom nobody can tell anything. */
function nothingToDecide(counts: readonly Left[]): boolean {
  return sumOfRunning(counts) === 0 && counts.every(({ inUse }) => !inUse);
}

export function stragglersOf(counts: readonly Left[]): readonly string[] {
  return counts
    .flatMap(({ node, stragglers }) => stragglers.map((line) => `${node}: ${line}`))
    .slice(0, 20);
}
