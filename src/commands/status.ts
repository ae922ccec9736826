import type { Service } from '../config/config.ts';
import { sideTarget } from '../config/route-target.ts';
import { readFleet } from '../engine/fleet.ts';
import { isSameStand, standOf } from '../engine/journal-stand.ts';
import { judgeDrift } from '../engine/judge-drift.ts';
import { readOldWorkers } from '../engine/old-workers.ts';
import { counted } from '../release/counted.ts';
import { heldWords } from '../release/held-words.ts';
import type { Instant } from '../release/journal-entry.ts';
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
      const { of: own, at } = await whileAtRest(room, service, () =>
        serversStatusOf(room, service, target),
      );
      return { kind: 'servers', status: own, at, ...untold(room, [service]) };
    }
    const { of: own, at } = await whileAtRest(room, service, () => statusOf(room, service));
    return { kind: 'service', status: own, at, ...untold(room, [service]) };
  }
  const at = clock.now();
  const all = [...config.services.values()];
  const [services, servers] = await Promise.all([
    Promise.all(
      all
        .filter(({ target }) => hasSides(target))
        .map((one) => whileAtRest(room, one, () => statusOf(room, one))),
    ),
    Promise.all(
      all.flatMap((one) => {
        const { target } = one;
        if (hasSides(target)) return [];
        return [whileAtRest(room, one, () => serversStatusOf(room, one, target))];
      }),
    ),
  ]);
  return {
    kind: 'overview',
    services: services.map(({ of }) => of),
    ...(servers.length === 0 ? {} : { servers: servers.map(({ of }) => of) }),
    at,
    ...untold(room, all),
  };
}

/** A release that writes without a pause is not waited for: what it shows has its time. */
const mostReadings = 3;

/**
 * Reads a service until nothing was written to it meanwhile: else what the nodes had before a write is judged by what they
 * should have after it. `at`: when the reading began.
 */
async function whileAtRest<T>(
  { engine }: Room,
  { name }: Service,
  read: () => Promise<T>,
): Promise<{ readonly of: T; readonly at: Instant }> {
  for (let reading = 1; ; reading += 1) {
    const at = engine.deps.clock.now();
    const before = standOf(engine, name);
    const of = await read();
    if (reading === mostReadings || isSameStand(before, standOf(engine, name))) return { of, at };
  }
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
