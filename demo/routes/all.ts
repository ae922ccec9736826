import { mapDemo } from './map/map-demo.ts';
import type { RouteName } from './names.ts';
import type { DemoRoute } from './route.ts';
import { sessionsZoneDemo } from './sessions-zone/sessions-zone-demo.ts';

/** What is played for each name. */
export const demoRoutes: Readonly<Record<RouteName, DemoRoute>> = {
  map: mapDemo,
  'sessions-zone': sessionsZoneDemo,
};
