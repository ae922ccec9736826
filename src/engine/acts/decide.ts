import { personOf } from '../../policy/same-person.ts';
import { counted } from '../../release/counted.ts';
import { runningHook } from '../../release/hook-run.ts';
import { leftWords } from '../../release/left-side.ts';
import { movementWords } from '../../release/plan-words.ts';
import { type Release, type SideRelease, sideRelease } from '../../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../../release/states.ts';
import { traitsOf } from '../../release/target.ts';
import { typed } from '../../release/typed.ts';
import type { Actor, Side } from '../../release/vocabulary.ts';
import { msUntil } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { cancelHook } from './cancel-hook.ts';
import { endUntouched } from './end-untouched.ts';
import { rowOf } from './row-of.ts';
import { wayOut, whereWords } from './way-out.ts';

/** Approves the plan as it stands. `seen`: the digest the presser had before the eyes, where the door knows it. */
export function approve(engine: Engine, release: Release, by: By, seen?: string): Answer {
  if (release.state !== 'awaiting_approval') return refuse(tooLate(release, 'approve'));
  const { clock, journal } = engine.deps;
  if (release.deadline && msUntil(clock, release.deadline) === 0) {
    return refuse(`Refused: the deadline of ${release.id} is over. Ask for it again.`);
  }
  if (seen !== undefined && !release.planDigest.startsWith(seen)) {
    return refuse(
      `Refused: the plan of ${release.id} has changed since the message you pressed on. Look at the message as it is now and press again.`,
    );
  }
  const person = (who: Actor) => personOf(engine.deps.config, who);
  const own = person(by.actor) === person(release.requester);
  if (own && !release.plan.selfApproval) {
    return refuse(
      `Refused: you asked for ${release.id} yourself, and ${release.service} wants a second person. Ask another approver.`,
    );
  }
  if (release.approvals.some((a) => a.by === by.actor && a.digest === release.planDigest)) {
    return refuse(
      `You have approved ${release.id} already; it needs ${release.plan.approvers} different approvers.`,
    );
  }
  const appended = journal.append(
    [rowOf(release, by, { kind: 'approved', roles: ['approver'] })],
    by.origin.request,
  );
  engine.wake(release.id);
  return answerTo(
    appended,
    `You approved ${release.id}: ${movementWords(release.plan)}.`,
    release.id,
  );
}

/** Ends a release before it has written anything. An approver's no is a rejection. */
export async function cancel(
  engine: Engine,
  release: Release,
  by: By,
  as: { readonly operator: boolean; readonly approver: boolean; readonly releaser: boolean },
  because?: string,
): Promise<Answer> {
  if (!isBeforeSwitch(release.state)) return refuse(tooLate(release, 'cancel'));
  const { config } = engine.deps;
  const own = personOf(config, by.actor) === personOf(config, release.requester);
  const rejects = !own && !as.operator && as.approver;
  const state = rejects ? 'rejected' : 'cancelled';
  if (!own && !as.operator && !as.approver && !as.releaser) {
    return refuse(
      `Refused: only @${release.requester}, an operator or an approver ends ${release.id}.`,
    );
  }
  if (runningHook(release.hooks) !== undefined) {
    return cancelHook(
      engine,
      release,
      { end: state, ...(because === undefined ? {} : { because }) },
      by,
    );
  }
  const why = because === undefined ? '' : ` (${typed(because)})`;
  const sentence = `${stateTitle(state)} by @${by.actor}${why}; nothing was done.`;
  const text = `${release.id} is ${state}; nothing was done.`;
  return endUntouched(engine, release, { state, sentence, text }, by);
}

/** The owner's word that the release stays. */
export function accept(engine: Engine, release: Release, by: By, because?: string): Answer {
  if (release.state !== 'awaiting_acceptance' || release.goingBack !== undefined) {
    return refuse(tooLate(release, 'accept'));
  }
  if (release.acceptedBy !== undefined) return refuse(tooLate(release, 'accept'));
  const appended = engine.deps.journal.append(
    [
      rowOf(release, by, {
        kind: 'accepted',
        ...(because === undefined ? {} : { reason: because }),
      }),
    ],
    by.origin.request,
  );
  engine.wake(release.id);
  return answerTo(appended, acceptedText(sideRelease(release)), release.id);
}

function acceptedText({ id, service, plan }: SideRelease): string {
  const files = traitsOf(plan.target).disk === 'at_acceptance';
  return `You accepted ${id}: ${service} stays on ${plan.to}${files ? '; the map files are being written' : ''}.`;
}

/** What happens to the sessions that are left on the old side. */
export function decideSessions(
  engine: Engine,
  release: Release,
  choice: 'wait' | 'shut_down_sessions',
  by: By,
): Answer {
  if (!isAsked(release)) {
    return refuse(
      tooLate(release, choice === 'wait' ? 'wait for sessions of' : 'shut down sessions of'),
    );
  }
  const appended = engine.deps.journal.append(
    [rowOf(release, by, { kind: choice === 'wait' ? 'drain_waited' : 'drain_shutdown' })],
    by.origin.request,
  );
  engine.wake(release.id);
  return answerTo(
    appended,
    choice === 'wait'
      ? `${release.id} waits for its ${counted(release.drain?.sessions ?? 0, 'session')} once more.`
      : `The sessions left on ${leftWords(release)} are being shut down.`,
    release.id,
  );
}

/** Sessions are asked about in a drain, on the way back, and before a side is deployed to. */
function isAsked({ ended, state, drain }: Release): boolean {
  return ended === undefined && state !== 'needs_attention' && drain?.asking === true;
}

/** An operator names the side all nodes shall have; the release ends when they have it. */
export function settleOn(
  engine: Engine,
  release: Release,
  side: Side,
  because: string,
  by: By,
): Answer {
  // A release that nobody drives (its nodes are gone from the configuration) is an operator's to end, too.
  if (
    release.ended !== undefined ||
    (release.state !== 'needs_attention' && engine.drives(release.id))
  ) {
    return refuse(
      release.ended !== undefined
        ? tooLate(release, 'settle')
        : `Refused: ${release.id} is at "${stateTitle(release.state)}" and does not need settling: ${wayOut(release)}.`,
    );
  }
  const appended = engine.deps.journal.append(
    [rowOf(release, by, { kind: 'settling', side, reason: because })],
    by.origin.request,
  );
  // The same word again hurries what rests and does not disturb what works: a script that repeats it would keep it from its end.
  if (isSettlingOn(release, side)) engine.wake(release.id);
  else engine.interrupt(release.id);
  return answerTo(
    appended,
    `${release.id} is being settled on ${side}: every node is read, the differences are written.`,
    release.id,
  );
}

function capital(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function isSettlingOn({ settling, attention }: Release, side: Side): boolean {
  return settling?.side === side && settling.foreign === undefined && attention?.asks === undefined;
}

/** Too late, or too early: who decided, or where it stands, and what to do instead. */
function tooLate(release: Release, deed: string): string {
  const { ended, decisions, state } = release;
  if (ended !== undefined) {
    return `Too late to ${deed} ${release.id}: it is ${stateTitle(state).toLowerCase()} since ${ended.at}. ${ended.sentence}`;
  }
  const decided = decisions.length === 0 ? '' : ` ${decisions.join(', ')}.`;
  return `You cannot ${deed} ${release.id} now: ${whereWords(release)}.${decided} ${capital(wayOut(release))}.`;
}

/** Nobody releases a service until it is unlocked. Rollback is exempt. */
export function setHold(
  engine: Engine,
  service: string,
  hold: boolean,
  because: string,
  by: By,
): Answer {
  const now = engine.deps.journal.service(service).hold;
  if (hold && now !== undefined) return refuse(alreadyHeld(service, now.by, now.reason));
  if (!hold && now === undefined)
    return refuse(`${service} is not locked; anyone with the role releaser may release it.`);
  const appended = engine.deps.journal.append(
    [
      {
        actor: by.actor,
        origin: by.origin,
        service,
        what: hold ? { kind: 'held', reason: because } : { kind: 'unheld', reason: because },
      },
    ],
    by.origin.request,
  );
  return answerTo(
    appended,
    hold
      ? `${service} is locked: nobody releases it until \`/release unlock ${service} because <reason>\`. Rollback is not held.`
      : `${service} is unlocked.`,
  );
}

function alreadyHeld(service: string, by: Actor, reason: string): string {
  return `${service} is locked already, by @${by}: ${typed(reason)}. \`/release unlock ${service} because <reason>\` frees it.`;
}
