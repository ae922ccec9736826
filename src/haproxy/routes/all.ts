import type { RouteSettings } from '../../config/route-settings.ts';
import type { Route } from '../../engine/ports.ts';
import type { SideTarget } from '../../release/target.ts';
import { configRoute } from './config/config-route.ts';
import type { ConfigTarget } from './config/config-target.ts';
import { configSettings } from './config/settings.ts';
import { mapRoute } from './map/map-route.ts';
import type { MapTarget } from './map/map-target.ts';
import { mapSettings } from './map/settings.ts';
import type { RouteOptions } from './route-options.ts';
import { serversSettings } from './servers/settings.ts';
import { sessionsRoute } from './sessions/sessions-route.ts';
import type { SessionsTarget } from './sessions/sessions-target.ts';
import { sessionsSettings } from './sessions/settings.ts';

/** A kind of route: how the configuration says it, and how its nodes are moved. */
export interface RouteKind {
  readonly settings: RouteSettings;
  /** A target was made by the settings beside it, so it has that kind's shape. */
  readonly make: (target: SideTarget, options: RouteOptions) => Route;
}

/** Every kind with sides, one line each. */
export const sideRoutes: readonly RouteKind[] = [
  { settings: mapSettings, make: (target, options) => mapRoute(target as MapTarget, options) },
  {
    settings: configSettings,
    make: (target, options) => configRoute(target as ConfigTarget, options),
  },
  {
    settings: sessionsSettings,
    make: (target, options) => sessionsRoute(target as SessionsTarget, options),
  },
];

/** What the loader of the configuration knows. */
export const routeSettings: readonly RouteSettings[] = [
  ...sideRoutes.map(({ settings }) => settings),
  serversSettings,
];
