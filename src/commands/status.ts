import type { Service } from '../config/config.ts';
import { sideTarget } from '../config/route-target.ts';
import { readFleet } from '../engine/fleet.ts';
import { judgeDrift } from '../engine/judge-drift.ts';
import { readOldWorkers } from '../engine/old-workers.ts';
import { counted } from '../release/counted.ts';
import { heldWords } from '../release/held-words.ts';
import type { NodeReading } from '../release/reading.ts';
import { type Release, sideRelease } from '../release/release.ts';
import { canTake } from '../release/server-fitness.ts';
import type { ServiceState } from '../release/service-state.ts';
import { hasSides, traitsOf } from '../release/target.ts';
import type { Side } from '../release/vocabulary.ts';
import type { CommandOf, Reply, ServiceStatus } from './command.ts';
import { findService, type Room, refusedReply } from './room.ts';
import { serversStatusOf } from './servers-status.ts';

/** `/status`, `/status <service>`: read from the nodes now, judged by what the journal wants. */
export async function status(room: Room, command: CommandOf<'status'>): Promise<Reply> {
  const { config, clock } = room.engine.deps;
  if (command.service !== undefined) {
    const service = findService(room, command.service);
    if (typeof service === 'string') return refusedReply(service);
    const { target } = service;
    if (!hasSides(target)) {
      const own = await serversStatusOf(room, service, target);
      return { kind: 'servers', status: own, at: clock.now(), ...untold(room, [service]) };
    }
    const own = await statusOf(room, service);
    return { kind: 'service', status: own, at: clock.now(), ...untold(room, [service]) };
  }
  const all = [...config.services.values()];
  const [services, servers] = await Promise.all([
    Promise.all(all.filter(({ target }) => hasSides(target)).map((one) => statusOf(room, one))),
    Promise.all(
      all.flatMap((one) => (hasSides(one.target) ? [] : [serversStatusOf(room, one, one.target)])),
    ),
  ]);
  return {
    kind: 'overview',
    services,
    ...(servers.length === 0 ? {} : { servers }),
    at: clock.now(),
    ...untold(room, all),
  };
}

/** What keeps people from being told is said where they ask. */
function untold({ engine }: Room, services: readonly Service[]): { untold?: readonly string[] } {
  const why = services.flatMap(({ name }) => engine.deps.whyUntold?.(name) ?? []);
  return why.length === 0 ? {} : { untold: [...new Set(why)] };
}

async function statusOf(room: Room, service: Service): Promise<ServiceStatus> {
  const { deps } = room.engine;
  const open = room.engine.openRelease(service.name);
  const target = open === undefined ? sideTarget(service) : sideRelease(open).plan.target;
  const route = deps.route(target);
  const [readings, oldWorkers] = await Promise.all([
    readFleet(route, target, undefined, 'small'),
    readOldWorkers(route, target),
  ]);
  const state = deps.journal.service(service.name);
  return {
    state,
    nodes: readings.map((reading) => {
      const old = oldWorkers.get(reading.node);
      return {
        ...judgeDrift(reading, { state, open, traits: traitsOf(target) }),
        ...(old === undefined ? {} : { oldWorkers: old }),
      };
    }),
    active: activeSide(readings),
    ...(open === undefined ? {} : { release: open }),
    rollback: readiness(readings, state, open),
  };
}

function activeSide(readings: readonly NodeReading[]): Side | 'mixed' | undefined {
  const found = new Set(
    readings.flatMap((r) => (r.kind === 'reached' ? [heldWords(r.memory)] : [])),
  );
  if (found.size === 0) return undefined;
  const [only] = found;
  return found.size === 1 && (only === 'blue' || only === 'green') ? only : 'mixed';
}

/** Where `/rollback` would go now, and on how many nodes a server is healthy there. */
function readiness(
  readings: readonly NodeReading[],
  state: ServiceState,
  open: Release | undefined,
): ServiceStatus['rollback'] {
  const to =
    open !== undefined && open.acceptedBy === undefined
      ? sideRelease(open).plan.from
      : state.wayBack?.to;
  const nodes = readings.length;
  if (to === undefined) {
    return {
      to,
      ready: 0,
      nodes,
      sentence:
        state.stable === undefined
          ? 'Nothing to go back to: no release has been accepted yet.'
          : `Nothing to take back: ${state.accepted?.side} is stable.`,
    };
  }
  const ready = readings.filter((r) => r.kind === 'reached' && canTake(r.sides[to])).length;
  return {
    to,
    ready,
    nodes,
    sentence: `Rollback to ${to} ready on ${ready} of ${counted(nodes, 'node')}.`,
  };
}
