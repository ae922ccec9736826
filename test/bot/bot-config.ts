import { userInfo } from 'node:os';
import { stringify } from 'yaml';
import type { HaproxyNode } from '../support/haproxy-node.ts';

/** What a test's pointsman.yaml has otherwise than the usual one. */
export interface Differences {
  /** Further keys of service `checkout`, in the file's own words. */
  readonly checkout?: Readonly<Record<string, unknown>>;
  /** Address of a node's Runtime API where a proxy stands before it. */
  readonly runtimeOf?: (node: string) => string | undefined;
  /** Nodes that are not named. */
  readonly without?: readonly string[];
  readonly commands?: Readonly<Record<string, unknown>>;
  readonly driftEvery?: string;
  /** Roles that are listed otherwise. */
  readonly roles?: Readonly<Record<string, readonly string[]>>;
}

/**
 * A whole configuration file: service `checkout` on these nodes, quick stages, no bake. Rita asks, Ann approves,
 * Olaf operates, Sam looks on. Rita is named an approver, too, so that her own release can
 * be refused to her; on the command line, whoever runs the tests is a releaser.
 */
export function botConfig(
  database: string,
  nodes: readonly HaproxyNode[],
  {
    checkout = {},
    runtimeOf,
    without = [],
    commands,
    driftEvery = '1s',
    roles = {},
  }: Differences = {},
): string {
  return stringify({
    database,
    slack: { channel: 'C0RELEASES', ...(commands === undefined ? {} : { commands }) },
    roles: {
      viewer: ['*'],
      releaser: ['S0RELEASERS', `cli:${userInfo().username}`],
      approver: ['S0LEADS', 'U0RITA'],
      operator: ['U0OLAF'],
      ...roles,
    },
    fleets: {
      edge: {
        nodes: nodes
          .filter(({ name }) => !without.includes(name))
          .map(({ name, runtime, frontend, mapFile }) => ({
            name,
            runtime: runtimeOf?.(name) ?? runtime,
            frontend,
            maps: { bluegreen: { id: mapFile, file: `file://${mapFile}` } },
          })),
      },
    },
    services: {
      checkout: {
        fleet: 'edge',
        route: { kind: 'map', map: 'bluegreen', key: 'active' },
        sides: { blue: 'backend_blue', green: 'backend_green' },
        approval: { approvers: 1, self_approval: false, expires: '15m' },
        gates: { healthy_readings: 1, minimum_healthy: 'all', timeout: '10s' },
        smoke: [{ name: 'version', path: '/release', expect: { body_contains: 'version={side}' } }],
        bake: { for: '0s' },
        drain: { timeout: '5s', then: 'wait' },
        ...checkout,
      },
    },
    drift: { every: driftEvery },
  });
}
