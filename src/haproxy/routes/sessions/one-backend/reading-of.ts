import type { ServerHeld } from '../../../../engine/ports.ts';
import type {
  Counters,
  Held,
  NodeReading,
  OwnGate,
  ReachedNode,
  ServerHealth,
  SideReading,
} from '../../../../release/reading.ts';
import { sumOfCounters } from '../../../../release/sum-of-counters.ts';
import type { Side } from '../../../../release/vocabulary.ts';
import { NodeRefused, NodeUnreachable, ReplyUnknown } from '../../../errors.ts';
import type { BackendLook } from './look-at-backend.ts';
import type { OneBackendNode } from './one-backend-node.ts';
import type { OneBackendTarget } from './one-backend-target.ts';

/** What a way of its own makes of a node's servers. */
export interface Judged {
  /** Asked only where every server of both sides is there. */
  readonly memory: (servers: Readonly<Record<Side, readonly ServerHeld[]>>) => Held;
  readonly health: (server: ServerHeld) => ServerHealth;
  readonly ownGates?: readonly OwnGate[];
}

/** The reading of a node that was looked at. */
export function readingOf(
  { at, target }: OneBackendNode,
  look: BackendLook,
  judged: Judged,
): ReachedNode {
  const { worker, version, stopping, level } = look;
  const servers = {
    blue: serversOf(look, target, 'blue'),
    green: serversOf(look, target, 'green'),
  };
  const missing = absent(look, target);
  const side = (name: Side) => sideReading(look, target, name, servers[name], judged);
  return {
    kind: 'reached',
    node: at.node,
    worker,
    version,
    stopping,
    level,
    memory:
      missing === undefined
        ? judged.memory(servers)
        : { kind: 'unreadable', why: `${missing} in its haproxy.cfg` },
    disk: { kind: 'none' },
    sides: { blue: side('blue'), green: side('green') },
    ...(judged.ownGates && { ownGates: judged.ownGates }),
    sharedWith: [],
  };
}

/** Why nobody can say which side has the traffic. */
function absent({ backend }: BackendLook, target: OneBackendTarget): string | undefined {
  if (backend === undefined) return `there is no backend ${target.backend}`;
  const there = new Set(backend.servers.map(({ name }) => name));
  const missing = [...target.servers.blue, ...target.servers.green].filter((n) => !there.has(n));
  return missing.length === 0
    ? undefined
    : `there is no server ${missing.join(', ')} in backend ${target.backend}`;
}

/** The servers of one side that the node has, in the target's order. */
export function serversOf(
  { backend }: BackendLook,
  target: OneBackendTarget,
  side: Side,
): readonly ServerHeld[] {
  return target.servers[side].flatMap(
    (name) => backend?.servers.find((server) => server.name === name) ?? [],
  );
}

function sideReading(
  { backend }: BackendLook,
  target: OneBackendTarget,
  side: Side,
  servers: readonly ServerHeld[],
  { health }: Judged,
): SideReading {
  return {
    side,
    backend: `${target.backend} (${target.sides[side]})`,
    exists: servers.length === target.servers[side].length,
    servers: servers.map((server) => {
      const { state, ...reading } = server;
      return { ...reading, health: health(server) };
    }),
    counters: countersOf(backend, servers),
    sessions: servers.reduce((sum, server) => sum + server.sessions, 0),
    queued: backend?.queued ?? 0,
    letsIn: true,
  };
}

/** Sums of the side's servers. What HAProxy itself answered cannot be told apart: both sides are charged with it. */
function countersOf(backend: BackendLook['backend'], servers: readonly ServerHeld[]): Counters {
  const rows = servers.flatMap(({ name }) => backend?.counters.get(name) ?? []);
  const sum = sumOfCounters(rows);
  const own = backend?.ownErrors ?? 0;
  return { ...sum, ended: sum.ended + own, hrsp5xx: sum.hrsp5xx + own };
}

/** A node that does not answer, or not as HAProxy does, is a reading too. Throws what is neither. */
export function unreachable({ at }: OneBackendNode, error: unknown): NodeReading {
  if (
    error instanceof NodeUnreachable ||
    error instanceof ReplyUnknown ||
    error instanceof NodeRefused
  ) {
    return { kind: 'unreachable', node: at.node, why: error.message };
  }
  throw error;
}
