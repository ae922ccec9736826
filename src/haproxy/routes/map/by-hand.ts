import type { Side } from '../../../release/vocabulary.ts';
import { getMap, setMap } from '../../command-line.ts';
import { socatAddress } from '../../runtime-address.ts';
import type { MapNode } from './map-node.ts';

/** The lines a person types to move one node, and to see that it moved. */
export function byHand({ at, target }: MapNode, side: Side): readonly string[] {
  const socat = `socat stdio ${socatAddress(at.runtime)}`;
  return [
    `echo "${setMap(at.mapId, target.key, target.sides[side])}" | ${socat}`,
    `echo "${getMap(at.mapId, target.key)}" | ${socat}`,
  ];
}
