import type { Service } from '../../../config/config.ts';
import { joined } from '../../../release/joined.ts';
import type { ServerSetting, ServersPlan } from '../../../release/plan.ts';
import { whyTooLarge } from '../../../release/plan-size.ts';
import { makeRollingPlan, makeStatePlan } from '../../../release/servers-plan.ts';
import type { ServersTarget } from '../../../release/target.ts';
import type { Engine } from '../../engine.ts';
import { foundServers } from '../../servers/found-servers.ts';
import { readServersFleet } from '../../servers/servers-fleet.ts';
import { judgeServers } from '../../servers/servers-gates.ts';

export type PlannedServers =
  | { readonly kind: 'planned'; readonly plan: ServersPlan }
  | { readonly kind: 'refused'; readonly text: string };

/** What is wanted of a service of single servers: every server in turn, or some in one state each. */
export type ServersWanted =
  | { readonly kind: 'rolling'; readonly version?: string }
  | {
      readonly kind: 'state';
      readonly settings: readonly ServerSetting[];
      /** True: said before, so a server that is gone by now is left out. */
      readonly again?: boolean;
    };

/**
 * Reads the fleet and makes the plan. Refuses where it could not be carried out as the nodes are: a server that nobody
 * knows, one that another hand has taken out, or the last healthy one. No side effects.
 */
export async function planServers(
  engine: Engine,
  service: Service,
  target: ServersTarget,
  asked: ServersWanted,
): Promise<PlannedServers> {
  const readings = await readServersFleet(engine.deps.serversRoute(target), target);
  const found = foundServers(target, readings);
  if (found.kind === 'apart') {
    return refused(
      `Refused: ${found.why}. See \`/release-status ${service.name}\` and ask again when every node answers alike.`,
    );
  }
  const wanted = withoutGone(asked, found.target);
  const unknown = whyUnknown(wanted, found.target);
  if (unknown !== undefined) return refused(unknown);
  const plan = planOf(wanted, found, service);
  const failed = readings
    .flatMap((reading) => judgeServers(plan, reading))
    .filter(({ result }) => result === 'failed');
  const tooLarge = whyTooLarge(plan);
  if (tooLarge !== undefined) {
    return refused(
      `Refused: ${service.name} has ${found.target.servers.length} servers on every node, and ${tooLarge}.`,
    );
  }
  if (failed.length === 0) return { kind: 'planned', plan };
  return refused(
    `Refused: ${joined(failed.map(({ sentence }) => sentence))}. \`/release-status ${service.name}\` shows every server.`,
  );
}

type Found = Extract<ReturnType<typeof foundServers>, { kind: 'found' }>;

function planOf(wanted: ServersWanted, found: Found, service: Service): ServersPlan {
  if (wanted.kind === 'state') return makeStatePlan(found, wanted.settings, service);
  const { version } = wanted;
  const { target, observed } = found;
  return makeRollingPlan(
    { target, observed, ...(version === undefined ? {} : { version }) },
    service,
  );
}

function withoutGone(wanted: ServersWanted, { servers }: ServersTarget): ServersWanted {
  if (wanted.kind === 'rolling' || wanted.again !== true) return wanted;
  return { ...wanted, settings: wanted.settings.filter(({ server }) => servers.includes(server)) };
}

function whyUnknown(wanted: ServersWanted, target: ServersTarget): string | undefined {
  if (wanted.kind === 'rolling') return undefined;
  const unknown = wanted.settings.find(({ server }) => !target.servers.includes(server));
  if (unknown === undefined) return undefined;
  return `Refused: ${target.backend} has no server ${unknown.server}. There are ${target.servers.join(', ')}.`;
}

function refused(text: string): PlannedServers {
  return { kind: 'refused', text };
}
