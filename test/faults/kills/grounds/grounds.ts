import { configGround } from './config-ground.ts';
import type { Ground } from './ground.ts';
import { mapGround } from './map-ground.ts';
import { sessionsHealthGround } from './sessions-health-ground.ts';
import { sessionsServersGround } from './sessions-servers-ground.ts';
import { sessionsZoneGround } from './sessions-zone-ground.ts';

/** What kills are played on, by the name of the route. */
export const grounds: Readonly<Record<string, () => Promise<Ground>>> = {
  map: mapGround,
  // The same nodes, of a service with a hook at every point.
  hooks: async () => ({ ...(await mapGround()), hooks: true }),
  config: configGround,
  'sessions-servers': sessionsServersGround,
  'sessions-health': sessionsHealthGround,
  'sessions-zone': sessionsZoneGround,
};
