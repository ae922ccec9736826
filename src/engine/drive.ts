import { isServersRelease, openWrites, type Release } from '../release/release.ts';
import { stageAfter } from '../release/stages.ts';
import { type EndState, isEnd, type LiveState } from '../release/states.ts';
import { placesWords } from '../release/target.ts';
import type { Actor } from '../release/vocabulary.ts';
import { system, unreachable } from '../release/vocabulary.ts';
import { beginRelease } from './begin-release.ts';
import { msSince } from './deadline.ts';
import { settleWrites } from './effects/settle-writes.ts';
import { readFleet } from './fleet.ts';
import { goBack } from './go-back.ts';
import { restUntilNextLook } from './next-look.ts';
import { beyondReturn } from './no-return.ts';
import { stillUsed } from './other-users.ts';
import { interrupted, type Outcome } from './outcome.ts';
import { reapply } from './reapply.ts';
import { configurationMoved, replan } from './replan.ts';
import type { RunContext } from './run-context.ts';
import { serversCompleted, stepServers } from './servers/step-servers.ts';
import { settle } from './settle.ts';
import { stageNamed } from './stages/in-order.ts';
import { persistAll } from './stages/persisting.ts';
import { takeOver } from './take-over.ts';

/** Drives one release until it has ended or the program stops. The journal alone says where it stands. */
export async function drive(context: RunContext, stopping: () => boolean): Promise<void> {
  for (;;) {
    context.atRest();
    if (isEnd(context.anyRelease.state)) return;
    if (stopping()) {
      park(context);
      return;
    }
    context.renew();
    const outcome = await step(context).catch((error: unknown) => cutShort(context, error));
    context.progress(null);
    // What an interrupted step found counts for nothing: the journal says what is next.
    if (context.isCut && !stopping()) continue;
    if (!isEnd(context.anyRelease.state)) await settleAndApply(context, outcome);
  }
}

/** A question to a node that an interruption cut off is no malfunction. */
function cutShort({ signal, gate }: RunContext, error: unknown): Outcome {
  if (signal.aborted && error === signal.reason) return interrupted;
  if (gate.signal.aborted && error === gate.signal.reason) return interrupted;
  throw error;
}

/** Which side counts is a person's to say: until then nothing is tried, whatever the nodes show. */
function asksForSide({ state, attention }: Release): boolean {
  return state === 'needs_attention' && attention?.asks === 'side' && !attention.reapplying;
}

/** The one thing to do now, by what the journal says. */
function step(context: RunContext): Promise<Outcome> {
  context.lookAgain &&= !asksForSide(context.anyRelease);
  if (isServersRelease(context.anyRelease)) return stepServers(context);
  const { release } = context;
  if (release.state === 'needs_attention' && !context.lookAgain) return waitForHelp(context);
  context.lookAgain = false;
  if (release.settling !== undefined) return settle(context);
  if (release.goingBack !== undefined) return goBack(context);
  if (release.state === 'needs_attention') return fromAttention(context);
  if (release.state === 'requested') return Promise.resolve(beginRelease(context));
  const moved = configurationMoved(context);
  if (moved !== undefined) return replan(context, moved);
  const stage = stageNamed(release.state);
  if (stage === undefined) throw new Error(`${context.id} has no stage for ${release.state}.`);
  return stage.run(context);
}

/**
 * Lock held, people told. Looks again every drift round, then more rarely: a node that came back,
 * or was mended by hand, lets the release go on where the journal left it.
 */
async function waitForHelp(context: RunContext): Promise<Outcome> {
  const readings = await readFleet(context.route, context.release.plan.target, context.signal);
  context.progress({ text: 'Waits for a person', readings });
  await restUntilNextLook(context);
  return interrupted;
}

async function fromAttention(context: RunContext): Promise<Outcome> {
  const { attention, stage } = context.release;
  // It never began: nothing that the nodes show can be its doing.
  if (stage === undefined) return interrupted;
  // No look at the nodes answers what only a person can say, but that the others are gone.
  if (attention?.asks !== undefined && !attention.reapplying) {
    if (attention.users === undefined || (await stillUsed(context, attention.users))) {
      return interrupted;
    }
  }
  if (attention?.asks === 'hook') {
    context.record({ kind: 'stage_entered', stage }, system('re-apply'));
    return interrupted;
  }
  return context.release.acceptedBy === undefined ? reapply(context) : bringForward(context);
}

/** After acceptance: memory, then disk, then on with the list. */
async function bringForward(context: RunContext): Promise<Outcome> {
  const forward = await takeOver(context);
  if (forward.kind !== 'passed') return forward;
  const undone = await persistAll(context, context.release.plan.to);
  if (undone !== undefined) return undone;
  context.record({ kind: 'stage_entered', stage: 'persisting' }, system('recovery'));
  return interrupted;
}

/** No stage is passed, and no release ends, while something that was sent may still be carried out. */
async function settleAndApply(context: RunContext, outcome: Outcome): Promise<void> {
  if (!isToSettle(context, outcome)) {
    apply(context, outcome);
    return;
  }
  // How it ends is written down first: what is waited for may outlive this process.
  if (outcome.kind === 'ends' && turnsFirst(context, outcome)) return;
  const unsettled = await settleWrites(context).catch((error: unknown) => cutShort(context, error));
  if (!context.isCut) apply(context, unsettled ?? outcome);
}

/** Before a further stage only what is in doubt: what was answered, that stage reads back. Before an end all of it. */
function isToSettle({ anyRelease, answered }: RunContext, outcome: Outcome): boolean {
  const open = openWrites(anyRelease);
  if (outcome.kind === 'ends') return open.length > 0;
  // Nothing was sent yet: what a rollback has inherited does not keep traffic from moving at once.
  if (outcome.kind !== 'passed' || anyRelease.state === 'requested') return false;
  if (stageAfter(anyRelease) === undefined) return open.length > 0;
  return open.some(({ seq, unknown }) => unknown && !answered.has(seq));
}

/** A release that a gate has refused ends as one that goes back: it moved nothing, and waits only for what it has sent. */
function turnsFirst(
  context: RunContext,
  { state, why, by }: Extract<Outcome, { kind: 'ends' }>,
): boolean {
  const { goingBack, settling } = context.anyRelease;
  if (state !== 'failed' || goingBack !== undefined || settling !== undefined) return false;
  context.record({ kind: 'going_back', end: state, why }, by);
  return true;
}

function apply(context: RunContext, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'passed':
      enterNext(context);
      return;
    case 'ends':
      end(context, outcome.state, outcome.why, outcome.by);
      return;
    case 'goes_back':
      turnBack(context, outcome);
      return;
    case 'needs_attention':
      callForAttention(context, outcome);
      return;
    case 'replanned':
    case 'interrupted':
      return;
    default:
      unreachable(outcome);
  }
}

/** What a machine finds bad goes back by itself, but for beyond a point of no return: there two people decide. */
function turnBack(context: RunContext, outcome: Extract<Outcome, { kind: 'goes_back' }>): void {
  if (context.release.goingBack !== undefined) return;
  const kept = beyondReturn(context, outcome.why);
  if (kept !== undefined) callForAttention(context, kept);
  else context.record({ kind: 'going_back', end: outcome.end, why: outcome.why }, outcome.by);
}

/** Told once per reason: a look that finds the same says nothing again. */
function callForAttention(
  context: RunContext,
  outcome: Extract<Outcome, { kind: 'needs_attention' }>,
): void {
  const { state, attention: before } = context.anyRelease;
  const same = before?.why === outcome.why && !before.reapplying;
  if (state === 'needs_attention' && same) return;
  context.record(outcome);
}

function enterNext(context: RunContext): void {
  const { anyRelease: release } = context;
  const next = stageAfter(release);
  if (next === undefined) {
    end(context, 'completed', completedSentence(context), release.acceptedBy ?? system('engine'));
    return;
  }
  if (next === 'awaiting_approval') {
    throw new Error(`${release.id} enters ${next} by the row of its request only.`);
  }
  context.record({ kind: 'stage_entered', stage: next });
}

function completedSentence(context: RunContext): string {
  if (isServersRelease(context.anyRelease)) return serversCompleted(context);
  const { plan, drain } = context.release;
  const { sessions: count, stragglers } = drain ?? { sessions: 0, stragglers: [] };
  const were = count === 1 ? 'session was' : 'sessions were';
  const who = stragglers.join('; ');
  const none = who === '' ? '' : ` No session is known to be left on ${plan.from}, but ${who}.`;
  const left = count > 0 ? ` ${count} ${were} left on ${plan.from}: ${who}.` : none;
  return `${plan.service} is on ${plan.to} on every node, ${placesWords(plan.target)}.${left}`;
}

function end(context: RunContext, state: EndState, sentence: string, by: Actor): void {
  const durationMs = Math.round(msSince(context.deps.clock, context.anyRelease.requestedAt));
  context.record({ kind: 'ended', state, sentence, durationMs }, by);
}

/** A clean stop: the release goes on from here at the next start, if the nodes are as they were. */
function park(context: RunContext): void {
  const { goingBack, settling } = context.anyRelease;
  const state = context.anyRelease.state as LiveState;
  if (goingBack !== undefined || settling !== undefined) return;
  if (state === 'requested' || state === 'needs_attention') return;
  context.record({ kind: 'parked', stage: state }, system('stop'));
}
