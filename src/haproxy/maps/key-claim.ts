import type { Claim } from '../../config/route-settings.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';

/** One key of one map belongs to one service. `also`: further keys that the route writes. */
export function keyClaim(
  nodes: readonly MapNodeTarget[],
  key: string,
  also: readonly string[] = [],
): Claim {
  return {
    places: nodes.flatMap(({ runtime, mapId }) =>
      [key, ...also].map((own) => JSON.stringify([runtime, mapId, own])),
    ),
    path: ['route', 'key'],
    expected: 'a key of its own',
    found: key,
    same: 'the same key of the same map',
  };
}
