import type { Service } from '../../config/config.ts';
import { sideTarget } from '../../config/route-target.ts';
import { digestOf } from '../../release/digest.ts';
import { runningHook } from '../../release/hook-run.ts';
import type { Draft } from '../../release/journal-entry.ts';
import { makePlan } from '../../release/make-plan.ts';
import type { SidePlan } from '../../release/plan.ts';
import { fitted } from '../../release/plan-size.ts';
import type { NodeReading } from '../../release/reading.ts';
import { type Release, sideRelease } from '../../release/release.ts';
import type { WayBack } from '../../release/service-state.ts';
import type { SideTarget } from '../../release/target.ts';
import { otherSide, system } from '../../release/vocabulary.ts';
import { deadlineIn, msSince, msUntil } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { observedOf, readFleetInTime } from '../fleet.ts';
import type { Clock } from '../ports.ts';
import { abort } from './abort.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { lockRefusal } from './ask-release.ts';
import { driftWords } from './drift-words.ts';
import { notAtRest } from './end-untouched.ts';
import { handOver } from './hand-over.ts';
import { noWayBack } from './no-way-back.ts';
import { refuseWithoutServers, type TakeBackAsk } from './old-side.ts';
import { rowOf } from './row-of.ts';
import { askSecondPerson } from './second-person.ts';

/** How long a rollback waits for map files that are being written, milliseconds. */
const longestPersistMs = 15_000;

/** To stable, at once: in flight it aborts, after acceptance it is a release of its own. */
export async function rollback(
  engine: Engine,
  service: Service,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  const open = await afterPersisting(engine, service.name);
  if (open !== undefined && !isDraining(open)) {
    return inFlight(engine, open, ask, by);
  }
  const { wayBack } = engine.deps.journal.service(service.name);
  if (wayBack === undefined) {
    const answer = nothingToTakeBack(engine, service.name, open);
    return open === undefined ? withDrift(engine, service, answer) : answer;
  }
  const leaving = ask.override === true ? undefined : lastHookRuns(open);
  if (leaving !== undefined) return refuse(leaving);
  const target = sideTarget(service);
  const route = engine.deps.route(target);
  const readings = await readFleetInTime(route, target);
  const refusal = refuseWithoutServers(readings, target, wayBack.to, ask, service.name);
  if (refusal !== undefined) return refuse(refusal);
  const taken = engine.deps.journal.release(wayBack.takesBack);
  const second = askSecondPerson(engine, taken, ask, by);
  if (second !== undefined) return second;
  return begin(engine, service, { target, readings, wayBack }, ask, by);
}

/** The rollback that is still draining does already what is asked for. */
function nothingToTakeBack(engine: Engine, service: string, open: Release | undefined): Answer {
  const text = noWayBack(engine, service);
  return open?.plan.kind === 'rollback'
    ? { kind: 'refused', text, underWay: open.id }
    : refuse(text);
}

/** No release is open, and the nodes may still not be where they should: that is told with the refusal. */
async function withDrift(engine: Engine, service: Service, answer: Answer): Promise<Answer> {
  return answer.kind === 'refused'
    ? { ...answer, text: `${answer.text}${await driftWords(engine, service)}` }
    : answer;
}

/** A release that drains is cut short: once its driver is at rest, and never in the middle of its last hook. */
async function begin(
  engine: Engine,
  service: Service,
  where: Destination,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  const act = (answered: ReadonlySet<number>) =>
    openRollback(engine, service, where, ask, by, answered);
  const open = engine.openRelease(service.name);
  if (open === undefined) return act(new Set());
  const runs = ask.override === true ? undefined : lastHookRuns(open);
  if (runs !== undefined) return refuse(runs);
  return (await engine.whenAtRest(open.id, act)) ?? refuse(notAtRest(open.id));
}

/** Where a rollback goes, and what its nodes were found with. */
interface Destination {
  readonly target: SideTarget;
  readonly readings: readonly NodeReading[];
  readonly wayBack: WayBack;
}

/** `answered`: the draining release's writes that were answered, so that nothing of them can come any more. */
function openRollback(
  engine: Engine,
  service: Service,
  where: Destination,
  ask: TakeBackAsk,
  by: By,
  answered: ReadonlySet<number>,
): Answer | Promise<Answer> {
  const { journal, clock } = engine.deps;
  const open = engine.openRelease(service.name);
  if (open !== undefined && !isDraining(open)) return inFlight(engine, open, ask, by);
  const state = journal.service(service.name);
  const { to, takesBack } = where.wayBack;
  // Somebody else's word came first while the nodes were read.
  if (state.wayBack?.takesBack !== takesBack) return nothingToTakeBack(engine, service.name, open);
  const whole = makePlan(
    {
      kind: 'rollback',
      from: otherSide(to),
      to,
      ...(state.versions[to] === undefined ? {} : { version: state.versions[to] }),
      takesBack,
      target: where.target,
      observed: where.readings.map(observedOf),
    },
    service,
  );
  const plan = fitted(whole);
  const number = state.lastNumber + 1;
  const id = `${service.name}-${number}`;
  const common = {
    actor: by.actor,
    release: id,
    service: service.name,
    planDigest: digestOf(plan),
  };
  const unsettled = open === undefined ? undefined : handOver(open, id, answered);
  const appended = journal.append(
    [
      ...(open === undefined ? [] : [...(unsettled?.closed ?? []), cutShort(open, id, clock)]),
      {
        ...common,
        origin: by.origin,
        what: requestedRow(number, plan, ask, by),
      },
      ...(unsettled?.inherited ?? []).map((draft) => ({ ...draft, ...common })),
      { ...common, what: { kind: 'accepted' } },
    ],
    by.origin.request,
  );
  if (appended.kind === 'appended') engine.launch(id);
  return answerTo(
    appended,
    `${id}, takes back ${takesBack}: ${service.name} goes to ${to} on every node now.`,
    id,
  );
}

function isDraining(release: Release): boolean {
  return release.state === 'draining';
}

/** The last hook may be taking down, this moment, the side that a rollback goes to. */
function lastHookRuns(open: Release | undefined): string | undefined {
  const running = runningHook(open?.hooks);
  if (open === undefined || running === undefined) return undefined;
  return `Refused: the hook ${running.point} of ${open.id} runs this moment and may be taking down the side you want to go back to. Ask again when it is done; an operator goes anyway with \`/rollback ${open.service} override because <reason>\`.`;
}

/** Another person's request has moved nothing: the asker of `/rollback` may mean that request, or the live release. */
function onlyAsked(engine: Engine, { id, service, requester }: Release): string {
  const { accepted, wayBack } = engine.deps.journal.service(service);
  const where = accepted === undefined ? '' : ` ${service} is on ${accepted.side}.`;
  const then =
    wayBack === undefined
      ? ''
      : ` Then \`/rollback ${service}\` takes back ${wayBack.takesBack}, to ${wayBack.to}.`;
  return `Refused: ${id}, asked for by @${requester}, waits for its approval and has moved nothing, so there is nothing of it to take back.${where} \`/release cancel ${id}\` ends that request.${then}`;
}

function whilePersisting(release: Release): string {
  return `Refused: ${release.id} is writing its files this moment. Ask again in a few seconds: \`/rollback ${release.service}\`.`;
}

/** Files half written are let finish first: a moment, and nobody is sent away for it. */
async function afterPersisting(engine: Engine, service: string): Promise<Release | undefined> {
  const { clock } = engine.deps;
  const deadline = deadlineIn(clock, longestPersistMs);
  for (;;) {
    const open = engine.openRelease(service);
    if (open?.state !== 'persisting' || msUntil(clock, deadline) === 0) return open;
    await clock.sleep(50);
  }
}

/** A release that holds the lock: aborted before acceptance, let finish its files while it persists. */
function inFlight(
  engine: Engine,
  open: Release,
  ask: TakeBackAsk,
  by: By,
): Answer | Promise<Answer> {
  if (open.state === 'persisting') return refuse(whilePersisting(open));
  if (open.state === 'awaiting_approval') return refuse(onlyAsked(engine, open));
  const goesBackItself = open.plan.kind !== 'forward' && open.state !== 'needs_attention';
  if (goesBackItself && open.plan.kind === 'rollback') {
    return nothingToTakeBack(engine, open.service, open);
  }
  return goesBackItself ? refuse(lockRefusal(open)) : abort(engine, sideRelease(open), ask, by);
}

function requestedRow(number: number, plan: SidePlan, ask: TakeBackAsk, by: By): Draft['what'] {
  return {
    kind: 'requested',
    number,
    plan,
    ...(ask.because === undefined ? {} : { reason: ask.because }),
    ...(by.membership === undefined ? {} : { membership: by.membership }),
    ...(ask.override === true ? { override: ask.because ?? '' } : {}),
  };
}

/** The one it takes back stays completed: only its drain was left. */
function cutShort(open: Release, by: string, clock: Clock): Draft {
  return rowOf(
    open,
    { actor: system('rollback'), origin: {} },
    {
      kind: 'ended',
      state: 'completed',
      sentence: `Completed; the drain was cut short by ${by}, which takes it back.`,
      durationMs: Math.round(msSince(clock, open.requestedAt)),
    },
  );
}
