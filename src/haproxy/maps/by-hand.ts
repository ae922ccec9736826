import { fileURLToPath } from 'node:url';
import type { Side } from '../../release/vocabulary.ts';
import { getMap, inOneLine, setMap } from '../command-line.ts';
import { socatAddress } from '../runtime-address.ts';
import { entriesOf, type MapNode } from './map-node.ts';

/** The lines a person types, on the node's host, to make the map file name a side, and to see that it does. */
export function byHandOnDisk({ at, target }: MapNode, side: Side): readonly string[] {
  const path = fileURLToPath(at.mapFile);
  return entriesOf(target, side).flatMap(({ key, value }) => {
    const word = key.replaceAll('.', '\\.');
    return [
      `sed -i 's|^[[:space:]]*${word}[[:space:]].*|${key} ${value}|' '${path}'   # on ${at.node}`,
      `grep -n '^[[:space:]]*${word}[[:space:]]' '${path}'   # on ${at.node}: exactly one line`,
    ];
  });
}

/** The lines a person types to move one node, and to see that it moved. */
export function byHand({ at, target }: MapNode, side: Side): readonly string[] {
  const socat = `socat stdio ${socatAddress(at.runtime)}`;
  const sets = entriesOf(target, side).map(({ key, value }) => setMap(at.mapId, key, value));
  return [
    `echo "${inOneLine(...sets)}" | ${socat}`,
    `echo "${getMap(at.mapId, target.key)}" | ${socat}`,
    `# where that says found=no: echo "add map ${at.mapId} ${target.key} ${target.sides[side]}" | ${socat}`,
  ];
}
