import { stringify } from 'yaml';
import type { HaproxyNode } from '../test/support/haproxy-node.ts';
import { backendOf, demoServices } from './fleet/services.ts';

/** How long the slower stages take. Durations in the configuration's own words. */
export interface Pace {
  readonly bake: string;
  readonly drain: string;
  readonly drift: string;
}

/** So that a person can watch it, and a release still ends within a minute. */
export const unhurried: Pace = { bake: '10s', drain: '30s', drift: '3s' };
/** For the play that runs by itself. */
export const brisk: Pace = { bake: '4s', drain: '20s', drift: '2s' };

/** The demo's pointsman.yaml: a fleet of these nodes, and every service of the demo on it. */
export function demoConfig(options: {
  readonly database: string;
  readonly channel: string;
  readonly nodes: readonly HaproxyNode[];
  readonly pace: Pace;
}): string {
  const { pace } = options;
  return stringify({
    database: options.database,
    slack: { channel: options.channel },
    roles: {
      viewer: ['*'],
      releaser: ['S0RELEASERS'],
      // Rita may approve, too, so that it can be seen that nobody approves their own release.
      approver: ['S0LEADS', 'U0RITA'],
      operator: ['U0OLAF'],
    },
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
