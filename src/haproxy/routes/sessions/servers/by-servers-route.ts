import type { Route } from '../../../../engine/ports.ts';
import type { NodeReading } from '../../../../release/reading.ts';
import type { NodeName } from '../../../../release/vocabulary.ts';
import { awaitAnswer } from '../../../await-answer.ts';
import { oldWorkersOf } from '../../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../../backends/sessions.ts';
import { otherUsersOf } from '../../../other-users/other-users.ts';
import type { RouteOptions } from '../../route-options.ts';
import { drainedHealth } from '../one-backend/drained-health.ts';
import { letIn } from '../one-backend/let-in.ts';
import { lookAtBackend } from '../one-backend/look-at-backend.ts';
import { type OneBackendNode, oneBackendNode, ownOf } from '../one-backend/one-backend-node.ts';
import { readingOf, unreachable } from '../one-backend/reading-of.ts';
import { takeOut } from '../one-backend/take-out.ts';
import { byHand } from './by-hand.ts';
import type { ByServersTarget } from './by-servers-target.ts';
import { heldSide } from './held-side.ts';
import { armServers, writeServers } from './switch-servers.ts';

/**
 * Route `sessions` by `servers`: both sides are servers of one backend with persistence (`cookie`, `stick on`). A server
 * in drain keeps the users it has and gets no new ones. Nothing is kept on disk: a reload falls back to haproxy.cfg.
 */
export function byServersRoute(target: ByServersTarget, options: RouteOptions): Route {
  const at = (node: NodeName) => oneBackendNode(target, node, options);
  return {
    read: async (node, signal) => readNode(at(node), signal),
    arm: async (node, to, expected) => armServers(at(node), to, expected),
    barrier: async (node, signal) => awaitAnswer(at(node).api, signal),
    writeFenced: async (node, to, gate) => writeServers(at(node), to, gate),
    persist: async (node) => {
      throw new Error(`Route sessions by servers keeps nothing on the disk of ${node}.`);
    },
    sessions: async (node, side, signal) => countSessions(at(node).counted, side, signal),
    oldWorkers: async (node, signal) => oldWorkersOf(at(node).counted, signal),
    otherUsers: async (node, signal) => otherUsersOf(ownOf(at(node)), signal),
    shutDownSessions: async (node, side, gate) => shutDownSessions(at(node).counted, side, gate),
    prepare: async (node, side, gate) => letIn(at(node), side, gate),
    finish: async (node, side, gate) => takeOut(at(node), side, heldSide, gate),
    byHand: (node, side, place) => (place === 'disk' ? [] : byHand(at(node), side)),
  };
}

async function readNode(node: OneBackendNode, signal?: AbortSignal): Promise<NodeReading> {
  try {
    const look = await lookAtBackend(node, signal);
    return readingOf(node, look, { memory: heldSide, health: drainedHealth });
  } catch (error) {
    return unreachable(node, error);
  }
}
