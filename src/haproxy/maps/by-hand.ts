import { fileURLToPath } from 'node:url';
import type { Side } from '../../release/vocabulary.ts';
import { inQuotes, saidByHand } from '../by-hand-line.ts';
import { addMap, getMap, inOneLine, setMap } from '../command-line.ts';
import { entriesOf, type MapNode } from './map-node.ts';

/** The lines a person types, on the node's host, to make the map file name a side, and to see that it does. */
export function byHandOnDisk({ at, target }: MapNode, side: Side): readonly string[] {
  const path = inQuotes(fileURLToPath(at.mapFile));
  // `sed -i` puts a new file in the place of the old one, and in that of a link.
  const edit = (command: string) =>
    at.fileWrite === 'in_place'
      ? `new=$(mktemp) && sed ${command} ${path} > "$new" && cat "$new" > ${path}`
      : `sed -i --follow-symlinks ${command} ${path}`;
  return entriesOf(target, side).flatMap(({ key, value }) => {
    const mark = markNotIn(`${key}${value}`);
    const line = `^[[:space:]]*${key.replace(/[.*[\]^$\\]/g, '\\$&')}[[:space:]]`;
    const text = `${key} ${value}`.replace(/[&\\]/g, '\\$&');
    return [
      `${edit(inQuotes(`s${mark}${line}.*${mark}${text}${mark}`))}   # on ${at.node}`,
      `grep -n ${inQuotes(line)} ${path}   # on ${at.node}: exactly one line`,
    ];
  });
}

/** What parts the halves of `sed`'s command: a character that stands in neither. */
function markNotIn(text: string): string {
  return [...'|,%!~@=:_/+'].find((mark) => !text.includes(mark)) ?? '\u0001';
}

/** The lines a person types to move one node, and to see that it moved. */
export function byHand({ at, target }: MapNode, side: Side): readonly string[] {
  const say = (command: Parameters<typeof saidByHand>[0]) => saidByHand(command, at.runtime);
  const { mapId } = at;
  const sets = entriesOf(target, side).map(({ key, value }) => setMap(mapId, key, value));
  return [
    say(inOneLine(...sets)),
    ...target.keys.flatMap((key) => [
      say(getMap(mapId, key)),
      `# where that says found=no: ${say(addMap(mapId, key, target.values[side]))}`,
    ]),
  ];
}
