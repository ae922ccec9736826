/** The ways of blue-green that the demo shows. */
export const routeNames = ['map', 'sessions-zone'] as const;
export type RouteName = (typeof routeNames)[number];
