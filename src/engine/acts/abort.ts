import { runningHook } from '../../release/hook-run.ts';
import type { Draft } from '../../release/journal-entry.ts';
import { type SideRelease, sideRelease } from '../../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../../release/states.ts';
import { typed } from '../../release/typed.ts';
import type { Side } from '../../release/vocabulary.ts';
import type { Engine } from '../engine.ts';
import { readFleetInTime } from '../fleet.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { cancelHook } from './cancel-hook.ts';
import { endUntouched } from './end-untouched.ts';
import { refuseWithoutServers, type TakeBackAsk } from './old-side.ts';
import { rowOf } from './row-of.ts';
import { askSecondPerson } from './second-person.ts';
import { wayOut } from './way-out.ts';

/** Takes an open release back: cancels what has written nothing, sends back what has, before acceptance. */
export async function abort(
  engine: Engine,
  release: SideRelease,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  const early = whyNotBack(release);
  if (early !== undefined) return refusedBack(release, early);
  if (isBeforeSwitch(release.state)) return cancelUntouched(engine, release, ask, by);
  const { target } = release.plan;
  const route = engine.deps.route(target);
  const to = sideBack(release);
  const readings = await readFleetInTime(route, target);
  const refusal = refuseWithoutServers(readings, target, to, ask, release.service);
  if (refusal !== undefined) return refuse(refusal);
  const now = sideRelease(engine.deps.journal.release(release.id) ?? release);
  const late = whyNotBack(now);
  if (late !== undefined) return refusedBack(now, late);
  return askSecondPerson(engine, now, ask, by) ?? sendBack(engine, now, ask, by);
}

/** Refused, and where it goes back by an earlier word, that this is under way. */
function refusedBack({ id, ended, acceptedBy, goingBack }: SideRelease, why: string): Answer {
  const isGoing = ended === undefined && acceptedBy === undefined && goingBack !== undefined;
  return isGoing ? { kind: 'refused', text: why, underWay: id } : refuse(why);
}

/** It has ended, is accepted, or is on its way back already. */
function whyNotBack(release: SideRelease): string | undefined {
  const { id, state, ended, acceptedBy, goingBack, plan } = release;
  if (ended !== undefined) {
    return `Refused: ${id} has ended already (${stateTitle(state)}): ${ended.sentence}${takenBackBy(release)}`;
  }
  if (state === 'needs_attention') return undefined;
  if (acceptedBy !== undefined) {
    return `Refused: ${id} was accepted by @${acceptedBy}, so there is nothing in flight to abort: ${wayOut(release)}.`;
  }
  if (goingBack !== undefined) {
    return `${id} is going back to ${plan.from} already: ${goingBack.why}`;
  }
  return undefined;
}

/** An accepted release is taken back by a release of its own. */
function takenBackBy({ state, plan, service }: SideRelease): string {
  const isAccepted = state === 'completed' && plan.kind === 'forward';
  return isAccepted ? ` \`/rollback ${service}\` takes back the release accepted last.` : '';
}

function sendBack(engine: Engine, release: SideRelease, ask: TakeBackAsk, by: By): Answer {
  const to = sideBack(release);
  // What is being settled stays a settlement: going back would wait behind it and never come.
  const what: TurningBack =
    release.acceptedBy === undefined && release.settling === undefined
      ? goingBack(ask, by)
      : { kind: 'settling', side: to, reason: ask.because ?? 'rollback', foreign: 'kept' };
  const row = rowOf(release, by, { ...what, ...marks(ask, by) });
  const appended = engine.deps.journal.append([row], by.origin.request);
  // The same word again does not disturb what works: a script that repeats it would keep it from its end.
  if (isSettledAlready(release, to, ask)) engine.wake(release.id);
  else engine.interrupt(release.id);
  return answerTo(appended, `${release.id} goes back to ${to} on every node now.`, release.id);
}

function isSettledAlready(
  { settling, attention }: SideRelease,
  to: Side,
  { override = false }: TakeBackAsk,
): boolean {
  const isUnderWay = settling?.side === to && settling.foreign === 'kept';
  return isUnderWay && attention?.asks === undefined && !override;
}

/** The two ways back: of what was not accepted, and of what was or is being settled. */
type TurningBack = Extract<Draft['what'], { kind: 'going_back' | 'settling' }>;

function goingBack(ask: TakeBackAsk, by: By): TurningBack {
  return {
    kind: 'going_back',
    end: 'aborted',
    why: `Taken back by @${by.actor}${ask.because === undefined ? '' : `: ${typed(ask.because)}`}.`,
  };
}

/** What the row must say besides: an old membership that had to serve, an override. */
function marks(ask: TakeBackAsk, by: By): { membership?: string; override?: string } {
  return {
    ...(by.membership === undefined ? {} : { membership: by.membership }),
    ...(ask.override === true ? { override: ask.because ?? '' } : {}),
  };
}

/** Where the release came from; a rollback or an adoption is on its way there itself. */
function sideBack({ plan }: SideRelease): Side {
  return plan.kind === 'forward' ? plan.from : plan.to;
}

function cancelUntouched(
  engine: Engine,
  release: SideRelease,
  ask: TakeBackAsk,
  by: By,
): Answer | Promise<Answer> {
  if (runningHook(release.hooks) !== undefined) {
    return cancelHook(engine, release, { end: 'cancelled', ...ask }, by);
  }
  const sentence = `Cancelled by @${by.actor} before anything was written.`;
  const text = `${release.id} is cancelled; nothing had been written.`;
  return endUntouched(engine, release, { state: 'cancelled', sentence, text }, by);
}
