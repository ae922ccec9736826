import type { Route } from '../../../../engine/ports.ts';
import type { NodeName } from '../../../../release/vocabulary.ts';
import { awaitAnswer } from '../../../await-answer.ts';
import { oldWorkersOf } from '../../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../../backends/sessions.ts';
import { holdingMap } from '../../../locks.ts';
import { tryMapFile, writeMapFile } from '../../../map-file/map-file.ts';
import { armSwitch } from '../../../maps/arm-switch.ts';
import { byHand, byHandOnDisk } from '../../../maps/by-hand.ts';
import { entriesOf, mapFileOf, mapNode, ownOf } from '../../../maps/map-node.ts';
import { readNode } from '../../../maps/read-node.ts';
import { writeFenced } from '../../../maps/write-fenced.ts';
import { otherUsersOf } from '../../../other-users/other-users.ts';
import type { RouteOptions } from '../../route-options.ts';
import type { ZoneCookieTarget } from './zone-cookie-target.ts';
import { setZone, zoneOff, zoneOn } from './zone-key.ts';

/**
 * Route `sessions` by `zone_cookie`: the map's key moves new users, and from the same line on the zone's cookie keeps the
 * others where they are. When the old side is left, or a person ends it by force, the cookie counts no more.
 */
export function zoneCookieRoute(target: ZoneCookieTarget, options: RouteOptions): Route {
  const { zoneKey } = target;
  const keyed = { ...target, alongside: [{ key: zoneKey, value: zoneOn }] };
  const at = (node: NodeName) => mapNode(keyed, node, options);
  return {
    read: async (node, signal, extent) => readNode(at(node), signal, extent),
    arm: async (node, to, expected) => armSwitch(at(node), to, expected),
    barrier: async (node, signal) => awaitAnswer(at(node).api, signal),
    writeFenced: async (node, to, gate) => writeFenced(at(node), to, gate),
    persist: async (node, to, gate, planned) => {
      const { runtime, mapId } = at(node).at;
      const file = mapFileOf(at(node), planned);
      const entries = entriesOf(keyed, to);
      await holdingMap(runtime, mapId, async () => {
        gate.check();
        await writeMapFile(file, entries, options.failpoint);
      });
    },
    tryPersist: async (node, to) => tryMapFile(mapFileOf(at(node)), entriesOf(keyed, to)),
    sessions: async (node, side, signal) => countSessions(at(node), side, signal),
    oldWorkers: async (node, signal) => oldWorkersOf(at(node), signal),
    otherUsers: async (node, signal) => otherUsersOf(ownOf(at(node)), signal),
    shutDownSessions: async (node, side, gate) => shutDownSessions(at(node), side, gate),
    finish: async (node, _, gate) => setZone(at(node), { key: zoneKey, zone: zoneOff }, gate),
    byHand: (node, side, place) =>
      place === 'disk' ? byHandOnDisk(at(node), side) : byHand(at(node), side),
  };
}
