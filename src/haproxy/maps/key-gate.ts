import { fileURLToPath } from 'node:url';
import type { OwnGate } from '../../release/reading.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';

/** A key that the switch sets must stand in the running worker's map, exactly once: `set map` makes none. */
export function keyGate(key: string, times: number, { mapId, mapFile }: MapNodeTarget): OwnGate {
  const gate = `key ${key}`;
  if (times === 1) return { gate, holds: true, sentence: `the map has the key ${key} once` };
  const found = times === 0 ? 'it is not there' : `it stands there ${times} times`;
  const sentence = `the map ${mapId} must have the key ${key} once, and ${found}: put one line \`${key} off\` into ${fileURLToPath(mapFile)} and reload`;
  return { gate, holds: false, sentence };
}
