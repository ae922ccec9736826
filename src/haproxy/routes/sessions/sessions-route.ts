import type { Route } from '../../../engine/ports.ts';
import type { RouteOptions } from '../route-options.ts';
import { byHealthRoute } from './health/by-health-route.ts';
import type { ByHealthTarget } from './health/by-health-target.ts';
import { byServersRoute } from './servers/by-servers-route.ts';
import type { ByServersTarget } from './servers/by-servers-target.ts';
import type { SessionsTarget } from './sessions-target.ts';
import { zoneCookieRoute } from './zone-cookie/zone-cookie-route.ts';
import type { ZoneCookieTarget } from './zone-cookie/zone-cookie-target.ts';

type Ways = Readonly<Record<string, (target: SessionsTarget, options: RouteOptions) => Route>>;

/** Every built way: one line per `by`. A target was made by its own way, so it has that way's shape. */
const ways: Ways = {
  servers: (target, options) => byServersRoute(target as ByServersTarget, options),
  health: (target, options) => byHealthRoute(target as ByHealthTarget, options),
  zone_cookie: (target, options) => zoneCookieRoute(target as ZoneCookieTarget, options),
};

/** Route `sessions`. Throws where no such way is built. */
export function sessionsRoute(target: SessionsTarget, options: RouteOptions): Route {
  const make = Object.hasOwn(ways, target.by) ? ways[target.by] : undefined;
  if (make === undefined) {
    throw new Error(`No route sessions by ${target.by} is built into this version.`);
  }
  return make(target, options);
}
