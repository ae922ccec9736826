import type { Config, Service } from '../../../src/config/config.ts';
import type { ServersTarget } from '../../../src/release/target.ts';
import { backendName } from '../../../src/release/vocabulary.ts';
import type { TestFleet } from '../../support/haproxy.ts';
import type { HaproxyNode } from '../../support/haproxy-node.ts';
import { checkoutFor } from '../bench.ts';

/** Single servers of `backend_blue`, which gets all the traffic of these fleets. */
export function serversTarget(fleet: TestFleet, batch = 1): ServersTarget {
  return {
    kind: 'servers',
    backend: backendName('backend_blue'),
    servers: [],
    batch,
    nodes: fleet.nodes.map(({ target: { node, runtime, frontend } }) => ({
      node,
      runtime,
      frontend,
    })),
  };
}

/** `checkout` as a service of single servers; no approval, unless the rules say so. */
export function shopOn(
  fleet: TestFleet,
  rules: Partial<Pick<Service, 'approval' | 'drain' | 'gates' | 'hooks' | 'digest'>> = {},
  batch = 1,
): Config {
  return checkoutFor(serversTarget(fleet, batch), {
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    ...rules,
  });
}

/** What a hand has set, by server, past the program: 1 = maint, 8 = drain. */
export async function statesOn(node: HaproxyNode): Promise<Readonly<Record<string, string>>> {
  const reply = await node.ask('show servers state backend_blue');
  const rows = reply
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split(' '));
  return Object.fromEntries(rows.map((row) => [row[3] ?? '', stateOf(Number(row[6]))]));
}

function stateOf(admin: number): string {
  if ((admin & 1) !== 0) return 'maint';
  return (admin & 8) !== 0 ? 'drain' : 'ready';
}

/** The states of every node of a fleet. */
export function statesOf(fleet: TestFleet) {
  return Promise.all(fleet.nodes.map(statesOn));
}
