import type { Route } from '../../../engine/ports.ts';
import type { NodeName } from '../../../release/vocabulary.ts';
import { awaitAnswer } from '../../await-answer.ts';
import { oldWorkersOf } from '../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../backends/sessions.ts';
import { holdingMap } from '../../locks.ts';
import { tryMapFile, writeMapFile } from '../../map-file/map-file.ts';
import { armSwitch } from '../../maps/arm-switch.ts';
import { byHand, byHandOnDisk } from '../../maps/by-hand.ts';
import { entriesOf, mapFileOf, mapNode, ownOf } from '../../maps/map-node.ts';
import { readNode } from '../../maps/read-node.ts';
import { writeFenced } from '../../maps/write-fenced.ts';
import { otherUsersOf } from '../../other-users/other-users.ts';
import type { RouteOptions } from '../route-options.ts';
import type { MapTarget } from './map-target.ts';

/** Route `map`: `use_backend %[str(<key>),map(<map>)]`. Memory moves by `set map`, disk by replacing the file. */
export function mapRoute(target: MapTarget, options: RouteOptions): Route {
  const at = (node: NodeName) => mapNode(target, node, options);
  return {
    read: async (node, signal, extent) => readNode(at(node), signal, extent),
    arm: async (node, to, expected) => armSwitch(at(node), to, expected),
    barrier: async (node, signal) => awaitAnswer(at(node).api, signal),
    writeFenced: async (node, to, gate) => writeFenced(at(node), to, gate),
    persist: async (node, to, gate, planned) => {
      const { runtime, mapId } = at(node).at;
      const file = mapFileOf(at(node), planned);
      const entries = entriesOf(target, to);
      await holdingMap(runtime, mapId, async () => {
        gate.check();
        await writeMapFile(file, entries, options.failpoint);
      });
    },
    tryPersist: async (node, to) => tryMapFile(mapFileOf(at(node)), entriesOf(target, to)),
    sessions: async (node, side, signal) => countSessions(at(node), side, signal),
    oldWorkers: async (node, signal) => oldWorkersOf(at(node), signal),
    otherUsers: async (node, signal) => otherUsersOf(ownOf(at(node)), signal),
    shutDownSessions: async (node, side, gate) => shutDownSessions(at(node), side, gate),
    byHand: (node, side, place) =>
      place === 'disk' ? byHandOnDisk(at(node), side) : byHand(at(node), side),
  };
}
