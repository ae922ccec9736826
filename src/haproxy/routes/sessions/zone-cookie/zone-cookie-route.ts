import type { Route } from '../../../../engine/ports.ts';
import type { NodeName } from '../../../../release/vocabulary.ts';
import { awaitAnswer } from '../../../await-answer.ts';
import { oldWorkersOf } from '../../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../../backends/sessions.ts';
import { holdingMap } from '../../../locks.ts';
import { writeMapFile, writeMapValue } from '../../../map-file/map-file.ts';
import { armSwitch } from '../../../maps/arm-switch.ts';
import { byHand, byHandOnDisk } from '../../../maps/by-hand.ts';
import { mapNode } from '../../../maps/map-node.ts';
import { readNode } from '../../../maps/read-node.ts';
import { writeFenced } from '../../../maps/write-fenced.ts';
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
    read: async (node, signal) => readNode(at(node), signal),
    arm: async (node, to, expected) => armSwitch(at(node), to, expected),
    barrier: async (node, signal) => awaitAnswer(at(node).api, signal),
    writeFenced: async (node, to, signal) => writeFenced(at(node), to, signal),
    persist: async (node, to) => {
      const { runtime, mapId, mapFile } = at(node).at;
      const { key, sides } = target;
      await holdingMap(runtime, mapId, async () => {
        // The zone first: a crash in between leaves the key behind, by which the engine sees that it is not done.
        await writeMapValue({ file: mapFile, key: zoneKey }, zoneOn, options.failpoint);
        await writeMapFile({ file: mapFile, key, backends: sides }, to, options.failpoint);
      });
    },
    sessions: async (node, side, signal) => countSessions(at(node), side, signal),
    oldWorkers: async (node, signal) => oldWorkersOf(at(node), signal),
    shutDownSessions: async (node, side) => shutDownSessions(at(node), side),
    finish: async (node) => setZone(at(node), zoneKey, zoneOff),
    byHand: (node, side, place) =>
      place === 'disk' ? byHandOnDisk(at(node), side) : byHand(at(node), side),
  };
}
