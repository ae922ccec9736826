import { z } from 'zod';
import { mapKey, section, textLike } from '../../../../config/file-leaves.ts';
import { mapIdSchema } from '../../../../config/file-schema.ts';
import { mapKeys } from '../../../../config/map-keys.ts';
import { mapSides } from '../../../../config/map-sides.ts';
import { mapsOnNodes } from '../../../../config/node-maps.ts';
import { type Path, problem } from '../../../../config/problem.ts';
import { routeForm } from '../../../../config/route-settings.ts';
import { keyClaim } from '../../../maps/key-claim.ts';
import { whyTooLong } from '../../../maps/lines-fit.ts';
import { stayKeys, stayTraits } from '../stay/settings.ts';
import type { ZoneCookieTarget } from './zone-cookie-target.ts';

/** Behind the key: the key of the same map that says whether the cookie counts. */
const zoneSuffix = '.zone';

const keys = {
  route: section({
    kind: z.literal('sessions', { error: 'sessions' }),
    by: z.literal('zone_cookie', { error: 'zone_cookie' }),
    map: mapIdSchema,
    key: mapKeys(mapKey(zoneSuffix)),
    cookie: textLike(/^[A-Za-z0-9_.-]{1,64}$/, "the cookie's name").default('PMZONE'),
    ...stayKeys,
  }),
  sides: mapSides,
};

/** `route: { kind: sessions, by: zone_cookie, map: <path>, key: <key, or a list of keys> }` with backends as sides. */
export const zoneCookieForm = routeForm(keys, (ask) => {
  const { route, sides } = ask.settings;
  const found = mapsOnNodes(ask, route.map);
  if (found.kind === 'broken') return found;
  // The list has at least one key; the zone is one for all of them.
  const zoneKey = `${route.key[0]}${zoneSuffix}`;
  const askFor = route.ask_for ?? `the cookie ${route.cookie}={side}`;
  const target: ZoneCookieTarget = {
    kind: 'sessions',
    by: 'zone_cookie',
    keys: route.key,
    zoneKey,
    ...sides,
    nodes: found.nodes,
    traits: stayTraits({ ...route, ask_for: askFor }, 'at_acceptance'),
  };
  const problems = zoneProblems(ask.service, target);
  if (problems.length > 0) return { kind: 'broken', problems };
  return { kind: 'target', target, claim: keyClaim(target.nodes, route.key, [zoneKey]) };
});

function zoneProblems(service: string, target: ZoneCookieTarget): readonly string[] {
  const path: Path = ['services', service, 'route', 'key'];
  const { keys: own, zoneKey, values, backends, nodes } = target;
  if (own.includes(zoneKey)) {
    const hint = 'the route keeps there whether the cookie counts';
    return [problem(path, `keys without ${zoneKey}`, zoneKey, hint)];
  }
  const written = {
    keys: own,
    values,
    backends,
    nodes,
    alongside: [{ key: zoneKey, value: 'off' }],
  };
  const hint = nodes.map((at) => whyTooLong(written, at)).find((why) => why !== undefined);
  return hint === undefined ? [] : [problem(path, 'fewer keys, or shorter ones', own.length, hint)];
}
