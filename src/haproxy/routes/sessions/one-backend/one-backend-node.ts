import type { NodeName } from '../../../../release/vocabulary.ts';
import type { BackendsNode } from '../../../backends/backends-node.ts';
import type { Own } from '../../../other-users/other-users.ts';
import { RuntimeApi } from '../../../runtime-api.ts';
import type { ServersNode } from '../../../servers/servers-node.ts';
import type { RouteOptions } from '../../route-options.ts';
import type { OneBackendTarget } from './one-backend-target.ts';

/** One node whose backend has the servers of both sides: what the plan says of it, and its Runtime API. */
export interface OneBackendNode<T extends OneBackendTarget = OneBackendTarget> extends ServersNode {
  readonly target: T;
  readonly at: T['nodes'][number];
  readonly options: RouteOptions;
  /** The same node for what counts and cuts sessions. */
  readonly counted: BackendsNode;
}

/** Throws where the plan has no such node: then the caller mixed up two plans. */
export function oneBackendNode<T extends OneBackendTarget>(
  target: T,
  node: NodeName,
  options: RouteOptions,
): OneBackendNode<T> {
  const at = target.nodes.find((candidate) => candidate.node === node);
  if (at === undefined) throw new Error(`The plan has no node ${node}.`);
  const { deadlineMs, failpoint, mono } = options;
  const { backend, servers, traits } = target;
  const api = new RuntimeApi({
    node,
    address: at.runtime,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  const backends = { blue: [backend], green: [backend] };
  const counted = { target: { backends, servers, ...(traits && { traits }) }, at, api, options };
  return { target, at, api, options, backend, mono, counted };
}

/** What of the node belongs to the service itself. */
export function ownOf({ at, api, counted, target }: OneBackendNode): Own {
  return { api, at, backends: counted.target.backends, servers: target.servers };
}
