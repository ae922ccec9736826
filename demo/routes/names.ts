/** The ways of blue-green that the demo shows. */
export const routeNames = [
  'map',
  'deploy',
  'config',
  'sessions',
  'sessions-zone',
  'sessions-health',
  'servers',
] as const;
export type RouteName = (typeof routeNames)[number];
