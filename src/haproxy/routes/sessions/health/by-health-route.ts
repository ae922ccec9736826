import type { Route } from '../../../../engine/ports.ts';
import type { NodeName } from '../../../../release/vocabulary.ts';
import { oldWorkersOf } from '../../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../../backends/sessions.ts';
import { otherUsersOf } from '../../../other-users/other-users.ts';
import type { RouteOptions } from '../../route-options.ts';
import { letIn } from '../one-backend/let-in.ts';
import { oneBackendNode, ownOf } from '../one-backend/one-backend-node.ts';
import { takeOut } from '../one-backend/take-out.ts';
import { byHand } from './by-hand.ts';
import type { ByHealthTarget } from './by-health-target.ts';
import { readSwitches } from './read-switches.ts';
import { heldSwitch } from './seen-switch.ts';
import { armApplications, awaitSight, writeApplications } from './switch-applications.ts';

/**
 * Route `sessions` by `health`: the applications have switches of their own and answer 404 to HAProxy's checks while
 * they are off. Nothing is kept on disk: a reload starts with what the applications say.
 */
export function byHealthRoute(target: ByHealthTarget, options: RouteOptions): Route {
  const at = (node: NodeName) => oneBackendNode(target, node, options);
  return {
    read: async (node, signal) => readSwitches(at(node), signal),
    arm: async (node, to, expected) => armApplications(at(node), to, expected),
    barrier: async (node, signal) => awaitSight(at(node), signal),
    writeFenced: async (node, to, gate) => writeApplications(at(node), to, gate),
    persist: async (node) => {
      throw new Error(`Route sessions by health keeps nothing on the disk of ${node}.`);
    },
    sessions: async (node, side, signal) => countSessions(at(node).counted, side, signal),
    oldWorkers: async (node, signal) => oldWorkersOf(at(node).counted, signal),
    otherUsers: async (node, signal) => otherUsersOf(ownOf(at(node)), signal),
    shutDownSessions: async (node, side, gate) => shutDownSessions(at(node).counted, side, gate),
    prepare: async (node, side, gate) => letIn(at(node), side, gate),
    finish: async (node, side, gate) =>
      takeOut(at(node), side, (servers) => heldSwitch(servers, new Map()), gate),
    byHand: (node, side, place) => (place === 'disk' ? [] : byHand(at(node), side)),
  };
}
