import type { Service } from '../config/config.ts';
import { judgeServersDrift } from '../engine/servers/judge-servers-drift.ts';
import { readServersFleet } from '../engine/servers/servers-fleet.ts';
import { isServersRelease } from '../release/release.ts';
import type { ServersTarget } from '../release/target.ts';
import type { ServersStatus } from './command.ts';
import type { Room } from './room.ts';

/** A service of single servers: read from the nodes now, judged by what the journal wants. */
export async function serversStatusOf(
  { engine }: Room,
  service: Service,
  configured: ServersTarget,
): Promise<ServersStatus> {
  const { deps } = engine;
  const open = engine.openRelease(service.name);
  const target = open !== undefined && isServersRelease(open) ? open.plan.target : configured;
  const readings = await readServersFleet(deps.serversRoute(target), target);
  const state = deps.journal.service(service.name);
  return {
    state,
    backend: target.backend,
    nodes: readings.map((reading) => judgeServersDrift(reading, state.servers)),
    ...(open === undefined ? {} : { release: open }),
  };
}
