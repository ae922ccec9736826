import type { Service } from '../../../config/config.ts';
import { counted } from '../../../release/counted.ts';
import { digestOf } from '../../../release/digest.ts';
import type { Draft } from '../../../release/journal-entry.ts';
import type { ServersPlan } from '../../../release/plan.ts';
import { movementWords } from '../../../release/plan-words.ts';
import { settingWords } from '../../../release/servers-words.ts';
import type { ServersTarget } from '../../../release/target.ts';
import { deadlineIn } from '../../deadline.ts';
import type { Engine } from '../../engine.ts';
import { type Answer, answerTo, type By, refuse } from '../answer.ts';
import { obstacle } from '../ask-release.ts';
import { planServers, type ServersWanted } from './plan-servers.ts';

export interface ServersAskedFor {
  readonly service: Service;
  readonly target: ServersTarget;
  readonly wanted: ServersWanted;
  readonly because?: string;
  readonly override?: boolean;
}

/** Asks for a release of single servers: opens it, takes the service's lock, and lets the engine drive it. */
export async function askServers(engine: Engine, ask: ServersAskedFor, by: By): Promise<Answer> {
  const obstructed = { ...ask, putsBack: putsBack(ask.wanted) };
  const early = obstacle(engine, obstructed);
  if (early !== undefined) return refuse(early);
  const planned = await planServers(engine, ask.service, ask.target, ask.wanted);
  if (planned.kind === 'refused') return refuse(planned.text);
  const { plan } = planned;
  const already = whyAlready(plan);
  if (already !== undefined) return refuse(already);
  const late = obstacle(engine, obstructed);
  return late === undefined ? open(engine, plan, ask, by) : refuse(late);
}

/** `ready`, and `Re-apply`: what was decided before. */
function putsBack(wanted: ServersWanted): boolean {
  if (wanted.kind !== 'state') return false;
  return wanted.again === true || wanted.settings.every(({ state }) => state === 'ready');
}

function open(engine: Engine, plan: ServersPlan, ask: ServersAskedFor, by: By): Answer {
  const { journal, clock } = engine.deps;
  const { service, approvers } = plan;
  const number = journal.service(service).lastNumber + 1;
  const id = `${service}-${number}`;
  const common = { actor: by.actor, release: id, service, planDigest: digestOf(plan) };
  const deadline = deadlineIn(clock, plan.approvalMs);
  const waits: readonly Draft[] =
    approvers > 0 ? [{ ...common, what: { kind: 'awaiting_approval', deadline } }] : [];
  const requested: Draft = {
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
  };
  const appended = journal.append([requested, ...waits], by.origin.request);
  if (appended.kind === 'appended') engine.launch(id);
  const next =
    approvers > 0
      ? `It waits for ${counted(approvers, 'approval')}.`
      : 'It needs no approval and begins now.';
  return answerTo(appended, `${id}: ${movementWords(plan)}. ${next}`, id);
}

/** Nothing to be done: every node has it so. */
function whyAlready({ kind, observed, steps, target, service }: ServersPlan): string | undefined {
  if (kind !== 'state') return undefined;
  const settings = steps.flatMap((step) => (step.kind === 'set' ? [step] : []));
  const isSo = settings.every((one) =>
    observed.every(({ server, state }) => server !== one.server || state === one.state),
  );
  if (!isSo) return undefined;
  return `Refused: ${target.backend} has ${settingWords(settings)} on every node already. \`/release-status ${service}\` shows it.`;
}
