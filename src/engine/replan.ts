import type { Config, Service } from '../config/config.ts';
import { sideTarget } from '../config/route-target.ts';
import { neededApprovals } from '../policy/unknown-person.ts';
import { digestOf } from '../release/digest.ts';
import { makePlan, type PlanAsk } from '../release/make-plan.ts';
import type { Plan, SidePlan } from '../release/plan.ts';
import { whyTooLarge } from '../release/plan-size.ts';
import type { Release } from '../release/release.ts';
import { isBeforeSwitch } from '../release/states.ts';
import { system } from '../release/vocabulary.ts';
import { deadlineIn } from './deadline.ts';
import { agreement, observedOf, readFleet } from './fleet.ts';
import { alsoUsed, readOtherUsers } from './other-users.ts';
import { interrupted, type Outcome } from './outcome.ts';
import { powerOf } from './power-of.ts';
import type { RunContext } from './run-context.ts';

/** Why an approved or pending plan no longer stands on the present configuration; undefined where it does. */
export function configurationMoved({ release, deps }: RunContext): string | undefined {
  const { plan, state } = release;
  if (plan.kind !== 'forward' || !isBeforeSwitch(state)) return undefined;
  const service = deps.config.services.get(plan.service);
  if (service === undefined || service.digest === plan.configDigest) return undefined;
  return `the configuration of ${plan.service} was changed`;
}

/**
 * The world moved before the first write: a new plan by the present configuration, from what the nodes hold now, all
 * approvals void. Where the nodes no longer agree, or already hold the target, there is nothing left to approve.
 */
export async function replan(context: RunContext, why: string): Promise<Outcome> {
  const { plan } = context.release;
  const { config, clock } = context.deps;
  const service = config.services.get(plan.service);
  const target = service === undefined ? plan.target : sideTarget(service);
  const readings = await readFleet(context.deps.route(target), target, context.signal, 'whole');
  // Cancelled, or stopped, while the nodes were read: an ended release is not planned again.
  if (context.signal.aborted) return interrupted;
  const agreed = agreement(readings);
  if (agreed.kind === 'apart' || agreed.side === plan.to) {
    const now = agreed.kind === 'apart' ? agreed.why : `every node already has ${plan.to}`;
    return notPlanned(
      `(${why}); now ${now}. Nothing was written. See \`/release-status ${plan.service}\` and ask again.`,
    );
  }
  const observed = agreed.readings.map(observedOf);
  const users = alsoUsed(await readOtherUsers(context.deps.route(target), target));
  if (context.signal.aborted) return interrupted;
  const next = nextPlan(context, { target, observed, ...users });
  const tooLarge = whyTooLarge(next);
  if (tooLarge !== undefined) {
    return notPlanned(`(${why}), and it cannot be planned anew: ${tooLarge}. Nothing was written.`);
  }
  const power = powerOf(next, agreed.readings, context.traffic);
  context.recordAll([
    {
      planDigest: digestOf(next),
      what: {
        kind: 'replanned',
        plan: next,
        ...(power === undefined ? {} : { power }),
        why,
        deadline: next.approvers > 0 ? deadlineIn(clock, next.approvalMs) : null,
      },
    },
  ]);
  return { kind: 'replanned' };
}

/** The plan by the present configuration; by its own where that no longer names the service. */
function nextPlan(
  { release, deps: { config } }: RunContext,
  found: Pick<SidePlan, 'target' | 'observed' | 'alsoUsed'>,
): SidePlan {
  const { alsoUsed: _, ...before } = release.plan;
  const service = config.services.get(before.service);
  if (service === undefined) return { ...before, ...found };
  return {
    ...makePlan({ ...asked(before), ...found }, service),
    ...approvalsKept(release, service, config),
  };
}

function notPlanned(words: string): Outcome {
  return {
    kind: 'ends',
    state: 'failed',
    why: `The world moved since the plan was made ${words}`,
    by: system('preflight'),
  };
}

/**
 * What was asked for under stricter rules is not let through by laxer ones that came while it waited: a pending release
 * needs as many approvals as when it was asked for, or as many as now, whichever is more.
 */
export function approvalsKept(
  { plan: before, requester }: Pick<Release, 'plan' | 'requester'>,
  { approval }: Pick<Service, 'approval'>,
  config: Pick<Config, 'people'>,
): Pick<Plan, 'approvers' | 'selfApproval'> {
  const approvers = neededApprovals(config, approval, requester);
  return {
    approvers: Math.max(before.approvers, approvers),
    selfApproval: before.selfApproval && approval.selfApproval,
  };
}

/** What was asked for, without what was found. */
function asked({
  kind,
  from,
  to,
  version,
  takesBack,
}: SidePlan): Omit<PlanAsk, 'target' | 'observed' | 'alsoUsed'> {
  return {
    kind,
    from,
    to,
    ...(version === undefined ? {} : { version }),
    ...(takesBack === undefined ? {} : { takesBack }),
  };
}
