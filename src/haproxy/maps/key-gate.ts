import { fileURLToPath } from 'node:url';
import type { OwnGate } from '../../release/reading.ts';
import type { MapContent } from '../replies/show-map.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';

/** A key that the switch sets must stand in the running worker's map, exactly once: `set map` makes none. */
export function keyGate(
  key: string,
  content: MapContent,
  { mapId, mapFile }: MapNodeTarget,
): OwnGate {
  const gate = `key ${key}`;
  const entries = content.kind === 'refused' ? [] : content.entries;
  const times = entries.filter((entry) => entry.key === key).length;
  if (times === 1) return { gate, holds: true, sentence: `the map has the key ${key} once` };
  const found = times === 0 ? 'it is not there' : `it stands there ${times} times`;
  const sentence = `the map ${mapId} must have the key ${key} once, and ${found}: put one line \`${key} off\` into ${fileURLToPath(mapFile)} and reload`;
  return { gate, holds: false, sentence };
}
