import { z } from 'zod';
import { mapKey, section } from '../../../config/file-leaves.ts';
import { mapIdSchema } from '../../../config/file-schema.ts';
import { mapKeys } from '../../../config/map-keys.ts';
import { mapSides } from '../../../config/map-sides.ts';
import { mapsOnNodes } from '../../../config/node-maps.ts';
import { type Path, problem } from '../../../config/problem.ts';
import { type RouteSettings, routeForm } from '../../../config/route-settings.ts';
import { keyClaim } from '../../maps/key-claim.ts';
import { whyTooLong } from '../../maps/lines-fit.ts';
import type { MapTarget } from './map-target.ts';

const keys = {
  route: section({
    kind: z.literal('map', { error: 'map' }),
    map: mapIdSchema,
    key: mapKeys(mapKey()),
  }),
  sides: mapSides,
};

const form = routeForm(keys, (ask) => {
  const { route, sides } = ask.settings;
  const found = mapsOnNodes(ask, route.map);
  if (found.kind === 'broken') return found;
  const target: MapTarget = {
    kind: 'map',
    keys: route.key,
    ...sides,
    nodes: found.nodes,
  };
  const problems = tooLong(ask.service, target);
  if (problems.length > 0) return { kind: 'broken', problems };
  return { kind: 'target', target, claim: keyClaim(target.nodes, target.keys) };
});

/** `route: { kind: map, map: <path>, key: <key, or a list of keys> }` with backends as sides. */
export const mapSettings: RouteSettings = { kind: 'map', formOf: () => form };

function tooLong(service: string, target: MapTarget): readonly string[] {
  const hint = target.nodes.map((at) => whyTooLong(target, at)).find((why) => why !== undefined);
  if (hint === undefined) return [];
  const path: Path = ['services', service, 'route', 'key'];
  return [problem(path, 'fewer keys, or shorter ones', target.keys.length, hint)];
}
