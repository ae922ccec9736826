import { configDemo } from './config/config-demo.ts';
import { deployDemo } from './deploy/deploy-demo.ts';
import { mapDemo } from './map/map-demo.ts';
import type { RouteName } from './names.ts';
import type { DemoRoute } from './route.ts';
import { serversDemo } from './servers/servers-demo.ts';
import { sessionsDemo } from './sessions/sessions-demo.ts';
import { sessionsHealthDemo } from './sessions-health/sessions-health-demo.ts';
import { sessionsZoneDemo } from './sessions-zone/sessions-zone-demo.ts';

/** What is played for each name. */
export const demoRoutes: Readonly<Record<RouteName, DemoRoute>> = {
  map: mapDemo,
  deploy: deployDemo,
  config: configDemo,
  sessions: sessionsDemo,
  'sessions-zone': sessionsZoneDemo,
  'sessions-health': sessionsHealthDemo,
  servers: serversDemo,
};
