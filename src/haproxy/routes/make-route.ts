import type { MakeRoute, Route } from '../../engine/ports.ts';
import type { SideTarget } from '../../release/target.ts';
import { mapRoute } from './map/map-route.ts';
import type { MapTarget } from './map/map-target.ts';
import type { RouteOptions } from './route-options.ts';
import { sessionsRoute } from './sessions/sessions-route.ts';
import type { SessionsTarget } from './sessions/sessions-target.ts';

type Kinds = Readonly<Record<string, (target: SideTarget, options: RouteOptions) => Route>>;

/** Every built route with sides: one line per kind. A target was made by its own kind, so it has that kind's shape. */
const kinds: Kinds = {
  map: (target, options) => mapRoute(target as MapTarget, options),
  sessions: (target, options) => sessionsRoute(target as SessionsTarget, options),
};

/** Makes routes over real nodes. */
export function makeRoute(options: RouteOptions): MakeRoute {
  return (target) => {
    const make = Object.hasOwn(kinds, target.kind) ? kinds[target.kind] : undefined;
    if (make === undefined) {
      throw new Error(`No route of the kind ${target.kind} is built into this version.`);
    }
    return make(target, options);
  };
}
