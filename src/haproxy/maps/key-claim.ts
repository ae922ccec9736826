import type { Claim } from '../../config/route-settings.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';

/** A key of a map belongs to one service. `also`: further keys that the route writes. */
export function keyClaim(
  nodes: readonly MapNodeTarget[],
  keys: readonly string[],
  also: readonly string[] = [],
): Claim {
  return {
    places: nodes.flatMap(({ runtime, mapId }) =>
      [...keys, ...also].map((own) => JSON.stringify([runtime, mapId, own])),
    ),
    path: ['route', 'key'],
    expected: 'a key of its own',
    found: keys.join(', '),
    same: 'the same key of the same map',
  };
}
