import type { Service } from '../../config/config.ts';
import { routeTarget } from '../../config/route-target.ts';
import { digestOf } from '../../release/digest.ts';
import type { Draft } from '../../release/journal-entry.ts';
import { makePlan } from '../../release/make-plan.ts';
import type { NodeReading } from '../../release/reading.ts';
import type { Release } from '../../release/release.ts';
import { isAfterAcceptance, isBeforeSwitch, stateTitle } from '../../release/states.ts';
import type { RouteTarget } from '../../release/target.ts';
import { otherSide, type Side, system } from '../../release/vocabulary.ts';
import { msSince } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { readFleet, serving } from '../fleet.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { lockRefusal } from './ask-release.ts';

export interface TakeBackAsk {
  readonly because?: string;
  /** Also where the old side has no healthy server. */
  readonly override?: boolean;
}

/** Takes an open release back: cancels what has written nothing, sends back what has, before acceptance. */
export async function abort(
  engine: Engine,
  release: Release,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  if (release.ended !== undefined) {
    return refuse(
      `Refused: ${release.id} has ended already (${stateTitle(release.state)}): ${release.ended.sentence} To take an accepted release back: \`/rollback ${release.service}\`.`,
    );
  }
  if (isBeforeSwitch(release.state)) return cancelUntouched(engine, release, by);
  if (release.acceptedBy !== undefined && release.state !== 'needs_attention') {
    return refuse(
      `Refused: ${release.id} was accepted by @${release.acceptedBy}, so there is nothing in flight to abort. \`/rollback ${release.service}\` takes it back.`,
    );
  }
  const refusal = await oldSideRefusal(engine, release.plan.target, release.plan.from, ask, {
    service: release.service,
  });
  if (refusal !== undefined) return refuse(refusal);
  return sendBack(engine, engine.deps.journal.release(release.id) ?? release, ask, by);
}

function sendBack(engine: Engine, release: Release, ask: TakeBackAsk, by: By): Answer {
  if (release.ended !== undefined || isAfterAcceptance(release.state)) {
    return refuse(
      `Refused: ${release.id} is at "${stateTitle(release.state)}" meanwhile. \`/rollback ${release.service}\` takes an accepted release back.`,
    );
  }
  if (release.goingBack !== undefined && release.state !== 'needs_attention') {
    return refuse(
      `${release.id} is going back to ${release.plan.from} already: ${release.goingBack.why}`,
    );
  }
  const what: Draft['what'] =
    release.acceptedBy === undefined
      ? {
          kind: 'going_back',
          end: 'aborted',
          why: `Taken back by @${by.actor}${ask.because === undefined ? '' : `: ${ask.because}`}.`,
          ...(by.membership === undefined ? {} : { membership: by.membership }),
          ...(ask.override === true ? { override: ask.because ?? '' } : {}),
        }
      : { kind: 'settling', side: release.plan.from, reason: ask.because ?? 'rollback' };
  const appended = engine.deps.journal.append([rowOf(release, by, what)], by.origin.request);
  engine.interrupt(release.id);
  return answerTo(
    appended,
    `${release.id} goes back to ${release.plan.from} on every node now.`,
    release.id,
  );
}

function cancelUntouched(engine: Engine, release: Release, by: By): Answer {
  const appended = engine.deps.journal.append(
    [
      rowOf(release, by, {
        kind: 'ended',
        state: 'cancelled',
        sentence: `Cancelled by @${by.actor} before anything was written.`,
        durationMs: Math.round(msSince(engine.deps.clock, release.requestedAt)),
      }),
    ],
    by.origin.request,
  );
  engine.interrupt(release.id);
  return answerTo(appended, `${release.id} is cancelled; nothing had been written.`, release.id);
}

/** To stable, at once: in flight it aborts, after acceptance it is a release of its own. */
export async function rollback(
  engine: Engine,
  service: Service,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  const open = engine.openRelease(service.name);
  if (open !== undefined && !isDraining(open)) {
    if (open.state === 'persisting') return refuse(whilePersisting(open));
    if (open.plan.kind !== 'forward' && open.state !== 'needs_attention') {
      return refuse(lockRefusal(open));
    }
    return abort(engine, open, ask, by);
  }
  const { accepted, previous } = engine.deps.journal.service(service.name);
  if (accepted === undefined || previous === undefined) {
    return refuse(
      `Refused: no release of ${service.name} has been accepted before the present side, so there is nothing to go back to. \`/release ${service.name}\` moves it, \`/status ${service.name}\` shows where it stands.`,
    );
  }
  const target = routeTarget(engine.deps.config, service);
  const readings = await readFleet(engine.deps.route(target), target);
  const refusal = refuseWithoutServers(readings, target, previous.side, ask, service.name);
  if (refusal !== undefined) return refuse(refusal);
  return openRollback(engine, service, { target, readings, to: previous.side }, ask, by);
}

function openRollback(
  engine: Engine,
  service: Service,
  where: {
    readonly target: RouteTarget;
    readonly readings: readonly NodeReading[];
    readonly to: Side;
  },
  ask: TakeBackAsk,
  by: By,
): Answer {
  const { journal, clock } = engine.deps;
  const open = engine.openRelease(service.name);
  if (open !== undefined && !isDraining(open)) return refuse(lockRefusal(open));
  const state = journal.service(service.name);
  const takesBack = state.accepted?.release;
  const plan = makePlan(
    {
      kind: 'rollback',
      from: otherSide(where.to),
      to: where.to,
      ...(state.versions[where.to] === undefined ? {} : { version: state.versions[where.to] }),
      ...(takesBack === undefined ? {} : { takesBack }),
      target: where.target,
      observed: where.readings.map((reading) =>
        reading.kind === 'reached'
          ? { node: reading.node, memory: reading.memory, disk: reading.disk }
          : {
              node: reading.node,
              memory: { kind: 'unreadable', why: reading.why },
              disk: { kind: 'unreadable', why: reading.why },
            },
      ),
    },
    service,
  );
  const number = state.lastNumber + 1;
  const id = `${service.name}-${number}`;
  const common = {
    actor: by.actor,
    release: id,
    service: service.name,
    planDigest: digestOf(plan),
  };
  const cut: Draft[] =
    open === undefined
      ? []
      : [
          {
            ...rowOf(
              open,
              { actor: system('rollback'), origin: {} },
              {
                kind: 'ended',
                state: 'completed',
                sentence: `Completed; the drain was cut short by ${id}, which takes it back.`,
                durationMs: Math.round(msSince(clock, open.requestedAt)),
              },
            ),
          },
        ];
  const appended = journal.append(
    [
      ...cut,
      {
        ...common,
        origin: by.origin,
        what: {
          kind: 'requested',
          number,
          plan,
          ...(ask.because === undefined ? {} : { reason: ask.because }),
          ...(by.membership === undefined ? {} : { membership: by.membership }),
          ...(ask.override === true ? { override: ask.because ?? '' } : {}),
        },
      },
      { ...common, what: { kind: 'accepted' } },
    ],
    by.origin.request,
  );
  if (appended.kind === 'appended') {
    if (open !== undefined) engine.interrupt(open.id);
    engine.launch(id);
  }
  const back = takesBack === undefined ? '' : `, takes back ${takesBack}`;
  return answerTo(
    appended,
    `${id}${back}: ${service.name} goes to ${where.to} on every node now.`,
    id,
  );
}

function isDraining(release: Release): boolean {
  return release.state === 'draining';
}

function whilePersisting(release: Release): string {
  return `Refused: ${release.id} is writing its map files this moment. Ask again in a few seconds: \`/rollback ${release.service}\`.`;
}

async function oldSideRefusal(
  engine: Engine,
  target: RouteTarget,
  to: Side,
  ask: TakeBackAsk,
  { service }: { readonly service: string },
): Promise<string | undefined> {
  if (ask.override === true) return undefined;
  const readings = await readFleet(engine.deps.route(target), target);
  return refuseWithoutServers(readings, target, to, ask, service);
}

/** The one thing that stops going back: nowhere to go. Nodes that do not answer do not count against it. */
function refuseWithoutServers(
  readings: readonly NodeReading[],
  target: RouteTarget,
  to: Side,
  ask: TakeBackAsk,
  service: string,
): string | undefined {
  if (ask.override === true) return undefined;
  const dead = readings.filter((r) => r.kind === 'reached' && serving(r.sides[to]) === 0);
  if (dead.length === 0) return undefined;
  return `Refused: no server of ${target.sides[to]} is healthy on ${dead.map(({ node }) => node).join(', ')}, so going back to ${to} would answer 503. Start ${to} first, or an operator goes anyway with \`/rollback ${service} override because <reason>\`.`;
}

/** A row of a release in the name of a person. */
export function rowOf(release: Release, by: By, what: Draft['what']): Draft {
  return {
    actor: by.actor,
    origin: by.origin,
    release: release.id,
    service: release.service,
    planDigest: release.planDigest,
    what,
  };
}
