import { digestOf } from '../../release/digest.ts';
import { joined } from '../../release/joined.ts';
import type { ServersPlan } from '../../release/plan.ts';
import { makeRollingPlan } from '../../release/servers-plan.ts';
import { isBeforeSwitch } from '../../release/states.ts';
import { hasSides } from '../../release/target.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn } from '../deadline.ts';
import { interrupted, type Outcome } from '../outcome.ts';
import { approvalsKept } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import { foundServers } from './found-servers.ts';
import { readServersFleet } from './servers-fleet.ts';
import { judgeServers } from './servers-gates.ts';

/** Why a pending plan no longer stands on the present configuration; undefined where it does. */
export function serversConfigurationMoved(context: RunContext): string | undefined {
  const { plan, state } = context.serversRelease;
  if (plan.kind !== 'rolling' || !isBeforeSwitch(state)) return undefined;
  const service = context.deps.config.services.get(plan.service);
  if (service === undefined || service.digest === plan.configDigest) return undefined;
  return `the configuration of ${plan.service} was changed`;
}

/**
 * The world moved before the first write: a rolling release is planned anew from what the nodes have now, all approvals
 * void. Where no such plan can be made, and for an operator's word on one server, there is nothing left to approve.
 */
export async function replanServers(context: RunContext, why: string): Promise<Outcome> {
  const { plan } = context.serversRelease;
  const service = context.deps.config.services.get(plan.service);
  if (plan.kind !== 'rolling' || service === undefined || hasSides(service.target)) {
    return ended(plan, why);
  }
  const route = context.deps.serversRoute(service.target);
  const readings = await readServersFleet(route, service.target, context.signal);
  // Cancelled, or stopped, while the nodes were read: an ended release is not planned again.
  if (context.signal.aborted) return interrupted;
  const found = foundServers(service.target, readings);
  if (found.kind === 'apart') return ended(plan, `${why}; now ${found.why}`);
  const { version } = plan;
  const next = {
    ...makeRollingPlan({ ...found, ...(version === undefined ? {} : { version }) }, service),
    ...approvalsKept(context.serversRelease, service, context.deps.config),
  };
  const failed = readings
    .flatMap((reading) => judgeServers(next, reading))
    .filter(({ result }) => result === 'failed');
  if (failed.length > 0) {
    return ended(plan, `${why}; now ${joined(failed.map(({ sentence }) => sentence))}`);
  }
  const deadline = next.approvers > 0 ? deadlineIn(context.deps.clock, next.approvalMs) : null;
  context.recordAll([
    { planDigest: digestOf(next), what: { kind: 'replanned', plan: next, why, deadline } },
  ]);
  return { kind: 'replanned' };
}

function ended({ service }: ServersPlan, why: string): Outcome {
  return {
    kind: 'ends',
    state: 'failed',
    why: `The world moved since the plan was made (${why}). Nothing was written. See \`/release-status ${service}\` and ask again.`,
    by: system('preflight'),
  };
}
