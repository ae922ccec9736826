import type { Service } from '../../config/config.ts';
import { sideTarget } from '../../config/route-target.ts';
import type { BakePower } from '../../release/bake-facts.ts';
import { counted } from '../../release/counted.ts';
import { digestOf } from '../../release/digest.ts';
import type { Draft } from '../../release/journal-entry.ts';
import { makePlan } from '../../release/make-plan.ts';
import type { SidePlan } from '../../release/plan.ts';
import { whyTooLarge } from '../../release/plan-size.ts';
import { whyNoReason } from '../../release/reason-rule.ts';
import type { Release } from '../../release/release.ts';
import type { ServiceState } from '../../release/service-state.ts';
import { typed } from '../../release/typed.ts';
import { otherSide, type Side } from '../../release/vocabulary.ts';
import { deadlineIn } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { observedOf } from '../fleet.ts';
import { alsoUsed, readOtherUsers } from '../other-users.ts';
import { powerOf } from '../power-of.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { adoptionDraft, type Found, findSide } from './find-side.ts';
import { wayOut, whereWords } from './way-out.ts';

export interface ReleaseAsk {
  readonly service: Service;
  readonly side?: Side;
  readonly version?: string;
  readonly because?: string;
  readonly override?: boolean;
  /** With the version of the active side: `/release finish`. */
  readonly sameVersion?: boolean;
}

export type Planned =
  | {
      readonly kind: 'planned';
      readonly plan: SidePlan;
      readonly digest: string;
      readonly found: Found & { kind: 'found' };
      /** What its bake finds at the traffic of now. */
      readonly power: BakePower | undefined;
    }
  | { readonly kind: 'refused'; readonly text: string };

/** Reads the fleet and makes the plan a release would have. No side effects. */
export async function planRelease(engine: Engine, ask: ReleaseAsk): Promise<Planned> {
  const { service } = ask;
  const target = sideTarget(service);
  const found = await findSide(engine, service, target);
  if (found.kind === 'apart') return { kind: 'refused', text: found.text };
  const to = ask.side ?? otherSide(found.side);
  if (to === found.side) {
    return {
      kind: 'refused',
      text: `Refused: ${service.name} is on ${to} already. The preview side is ${otherSide(to)}: \`/release ${service.name} ${otherSide(to)}\`.`,
    };
  }
  const version = versionOf(engine, ask, found.side);
  const nameless = whyNoVersion(service, version);
  if (nameless !== undefined) return { kind: 'refused', text: nameless };
  const users = await readOtherUsers(engine.deps.route(target), target);
  const plan = makePlan(
    {
      kind: 'forward',
      from: found.side,
      to,
      ...(version === undefined ? {} : { version }),
      target,
      observed: found.readings.map(observedOf),
      ...alsoUsed(users),
    },
    service,
  );
  const tooLarge = whyTooLarge(plan);
  if (tooLarge !== undefined) {
    return { kind: 'refused', text: `Refused: ${service.name} cannot be released: ${tooLarge}.` };
  }
  const power = powerOf(plan, found.readings, engine.traffic);
  return { kind: 'planned', plan, digest: digestOf(plan), found, power };
}

function versionOf(engine: Engine, ask: ReleaseAsk, active: Side): string | undefined {
  if (ask.sameVersion !== true) return ask.version;
  return engine.deps.journal.service(ask.service.name).versions[active];
}

/** A hook that names a version is not run without one: better said before anybody approves. */
function whyNoVersion({ name, hooks = {} }: Service, version?: string): string | undefined {
  if (version !== undefined) return undefined;
  const needs = Object.entries(hooks).find(
    ([, hook]) => hook.kind === 'run' && hook.argv.some((word) => word.includes('{version}')),
  );
  if (needs === undefined) return undefined;
  return `Refused: the hook ${needs[0]} of ${name} is told the version, and none is known. Ask with \`/release ${name} version <v>\`.`;
}

/** `/release finish`: the other side gets the version of the active one, and the traffic moves there. */
export function finishRelease(
  engine: Engine,
  ask: Pick<ReleaseAsk, 'service' | 'because' | 'override'>,
  by: By,
): Promise<Answer> {
  const { name, hooks } = ask.service;
  if (hooks?.deploy === undefined) {
    return Promise.resolve(
      refuse(
        `Refused: ${name} has no hook \`deploy\`, so there is nothing that could bring the other side to the same version. Deploy it yourself and ask with \`/release ${name}\`.`,
      ),
    );
  }
  return askRelease(engine, { ...ask, sameVersion: true }, by);
}

/** Asks for a release: opens it, takes the service's lock, and lets the engine drive it. */
export async function askRelease(engine: Engine, ask: ReleaseAsk, by: By): Promise<Answer> {
  const { deps } = engine;
  const early = obstacle(engine, ask);
  if (early !== undefined) return refuse(early);
  const planned = await planRelease(engine, ask);
  if (planned.kind === 'refused') return refuse(planned.text);
  const late = obstacle(engine, ask);
  if (late !== undefined) return refuse(late);
  const { plan, digest, found } = planned;
  const state = deps.journal.service(plan.service);
  const number = state.lastNumber + 1;
  const id = `${plan.service}-${number}`;
  const common = { actor: by.actor, release: id, service: plan.service, planDigest: digest };
  const rows: Draft[] = [
    // The first look may have adopted it meanwhile.
    ...(state.accepted === undefined ? [adoptionDraft(plan.service, found)] : []),
    { ...common, origin: by.origin, what: requested(number, planned, ask, by) },
    ...(plan.approvers > 0
      ? [
          {
            ...common,
            what: {
              kind: 'awaiting_approval' as const,
              deadline: deadlineIn(deps.clock, plan.approvalMs),
            },
          },
        ]
      : []),
  ];
  const appended = deps.journal.append(rows, by.origin.request);
  if (appended.kind === 'appended') engine.launch(id);
  const next =
    plan.approvers > 0
      ? `It waits for ${counted(plan.approvers, 'approval')}.`
      : 'It needs no approval and begins now.';
  return answerTo(
    appended,
    `${id} asks to move ${plan.service} from ${plan.from} to ${plan.to}. ${next}`,
    id,
  );
}

function requested(
  number: number,
  { plan, power }: Pick<Extract<Planned, { kind: 'planned' }>, 'plan' | 'power'>,
  ask: ReleaseAsk,
  by: By,
): Draft['what'] {
  return {
    kind: 'requested',
    number,
    plan,
    ...(power === undefined ? {} : { power }),
    ...(ask.because === undefined ? {} : { reason: ask.because }),
    ...(by.membership === undefined ? {} : { membership: by.membership }),
    ...(ask.override === true ? { override: ask.because ?? '' } : {}),
  };
}

type Obstructed = Pick<ReleaseAsk, 'service' | 'override' | 'because'> & {
  /** It only makes things as they were: nobody is asked why. */
  readonly putsBack?: boolean;
};

/** A lock, a hold, the end of the program, or a reason that is missing. Looked at before and after the reading. */
export function obstacle(
  engine: Engine,
  { service, override, because, putsBack }: Obstructed,
): string | undefined {
  if (engine.stopping) return 'Refused: Pointsman is being stopped. Ask again when it is back.';
  const fault = engine.deps.journalFault();
  if (fault !== undefined) return faultRefusal(fault);
  const open = engine.openRelease(service.name);
  if (open !== undefined) return lockRefusal(open);
  const { hold } = engine.deps.journal.service(service.name);
  if (hold !== undefined && override !== true) return holdRefusal(service.name, hold);
  return putsBack === true ? undefined : whyNoReason(service.name, service.reason, because);
}

/** What cannot be proved afterwards is not begun. */
function faultRefusal(fault: string): string {
  return `Refused: the journal does not verify, so nothing new is begun: ${fault} Look with \`pointsman audit verify\`; \`pointsman audit restore <backup>\` puts a proved copy in its place, and an operator takes it as it stands with \`/release unlock journal because <reason>\`. Rollback goes on.`;
}

/** Names the holder of a release lock, since when, why, and what frees it. */
export function lockRefusal(open: Release): string {
  const why = open.reason === undefined ? '' : ` (${typed(open.reason)})`;
  return `Refused: ${open.id} is open since ${open.requestedAt.at}, asked for by @${open.requester}${why}; ${whereWords(open)}. One release at a time per service: ${wayOut(open)}.`;
}

export function holdRefusal(
  service: string,
  hold: NonNullable<ServiceState['hold']>,
  anyway = `/release ${service} override because <reason>`,
): string {
  return `Refused: @${hold.by} locked ${service} at ${hold.at}: ${typed(hold.reason)}. \`/release unlock ${service} because <reason>\` frees it; an operator may go against it with \`${anyway}\`. Rollback is not held.`;
}
