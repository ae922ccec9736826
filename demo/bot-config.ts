import { stringify } from 'yaml';
import { backendOf, demoServices } from './fleet/services.ts';
import type { ConfigParts } from './fleet/setup.ts';
import type { Pace } from './pace.ts';

/** Who may do what in the local Slack. */
export const demoRoles = {
  viewer: ['*'],
  releaser: ['S0RELEASERS'],
  // Rita may approve, too, so that it can be seen that nobody approves their own release.
  approver: ['S0LEADS', 'U0RITA'],
  operator: ['U0OLAF'],
};

/** The demo's pointsman.yaml: a fleet of these nodes, and every service of the demo on it. */
export function demoConfig(options: ConfigParts): string {
  const { pace } = options;
  return stringify({
    database: options.database,
    slack: { channel: options.channel },
    roles: demoRoles,
    fleets: {
      edge: {
        nodes: options.nodes.map(({ name, runtime, frontend, mapFile }) => ({
          name,
          runtime,
          frontend,
          maps: { bluegreen: { id: mapFile, file: `file://${mapFile}` } },
        })),
      },
    },
    services: Object.fromEntries(
      demoServices.map(({ name, host }) => [name, serviceOf(name, host, pace)]),
    ),
    drift: { every: pace.drift },
  });
}

function serviceOf(name: string, host: string, pace: Pace): object {
  return {
    fleet: 'edge',
    route: { kind: 'map', map: 'bluegreen', key: name },
    sides: { blue: backendOf(name, 'blue'), green: backendOf(name, 'green') },
    approval: { approvers: 1, self_approval: false, expires: '15m' },
    gates: { healthy_readings: 2, minimum_healthy: 'all', timeout: '30s' },
    smoke: [
      {
        name: 'version',
        path: '/release',
        headers: { Host: host },
        expect: { status: 200, body_contains: 'version={side}' },
      },
    ],
    bake: { for: pace.bake, error_rate: '1%', latency: '5x', minimum_requests: 20 },
    accept: 'manual',
    drain: { timeout: pace.drain, then: 'wait' },
  };
}
