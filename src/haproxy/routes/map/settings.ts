import { z } from 'zod';
import { backendSides } from '../../../config/backend-sides.ts';
import { mapKey, section } from '../../../config/file-leaves.ts';
import { mapIdSchema } from '../../../config/file-schema.ts';
import { mapsOnNodes } from '../../../config/node-maps.ts';
import { type RouteSettings, routeForm } from '../../../config/route-settings.ts';
import { backendName } from '../../../release/vocabulary.ts';
import { keyClaim } from '../../maps/key-claim.ts';
import type { MapTarget } from './map-target.ts';

const keys = {
  route: section({
    kind: z.literal('map', { error: 'map' }),
    map: mapIdSchema,
    key: mapKey(),
  }),
  sides: backendSides,
};

const form = routeForm(keys, (ask) => {
  const { route, sides } = ask.settings;
  const found = mapsOnNodes(ask, route.map);
  if (found.kind === 'broken') return found;
  const target: MapTarget = {
    kind: 'map',
    key: route.key,
    sides: { blue: backendName(sides.blue), green: backendName(sides.green) },
    nodes: found.nodes,
  };
  return { kind: 'target', target, claim: keyClaim(target.nodes, route.key) };
});

/** `route: { kind: map, map: <path>, key: <key> }` with two backends as sides. */
export const mapSettings: RouteSettings = { kind: 'map', formOf: () => form };
