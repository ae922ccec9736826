import { z } from 'zod';
import { backendSides } from '../../../../config/backend-sides.ts';
import { mapKey, section, textLike } from '../../../../config/file-leaves.ts';
import { mapIdSchema } from '../../../../config/file-schema.ts';
import { mapsOnNodes } from '../../../../config/node-maps.ts';
import { routeForm } from '../../../../config/route-settings.ts';
import { backendName } from '../../../../release/vocabulary.ts';
import { keyClaim } from '../../../maps/key-claim.ts';
import { stayKeys, stayTraits } from '../stay/settings.ts';
import type { ZoneCookieTarget } from './zone-cookie-target.ts';

/** Behind the key: the key of the same map that says whether the cookie counts. */
const zoneSuffix = '.zone';

const keys = {
  route: section({
    kind: z.literal('sessions', { error: 'sessions' }),
    by: z.literal('zone_cookie', { error: 'zone_cookie' }),
    map: mapIdSchema,
    key: mapKey(zoneSuffix),
    cookie: textLike(/^[A-Za-z0-9_.-]{1,64}$/, "the cookie's name").default('PMZONE'),
    ...stayKeys,
  }),
  sides: backendSides,
};

/** `route: { kind: sessions, by: zone_cookie, map: <path>, key: <key> }` with two backends as sides. */
export const zoneCookieForm = routeForm(keys, (ask) => {
  const { route, sides } = ask.settings;
  const found = mapsOnNodes(ask, route.map);
  if (found.kind === 'broken') return found;
  const zoneKey = `${route.key}${zoneSuffix}`;
  const askFor = route.ask_for ?? `the cookie ${route.cookie}={side}`;
  const target: ZoneCookieTarget = {
    kind: 'sessions',
    by: 'zone_cookie',
    key: route.key,
    zoneKey,
    sides: { blue: backendName(sides.blue), green: backendName(sides.green) },
    nodes: found.nodes,
    traits: stayTraits({ ...route, ask_for: askFor }, 'at_acceptance'),
  };
  return { kind: 'target', target, claim: keyClaim(target.nodes, route.key, [zoneKey]) };
});
