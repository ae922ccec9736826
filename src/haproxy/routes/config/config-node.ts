import type { NodeName } from '../../../release/vocabulary.ts';
import type { BackendsNode } from '../../backends/backends-node.ts';
import { findTrafficLine, type TrafficLineName } from '../../config-file/traffic-line.ts';
import { Master } from '../../master.ts';
import type { Own } from '../../other-users/other-users.ts';
import { RuntimeApi } from '../../runtime-api.ts';
import type { RouteOptions } from '../route-options.ts';
import type { ConfigNodeTarget, ConfigTarget } from './config-target.ts';

/** One node of a config route: what the plan says of it, its worker and its master. */
export interface ConfigNode {
  readonly target: ConfigTarget;
  readonly at: ConfigNodeTarget;
  readonly api: RuntimeApi;
  readonly master: Master;
  readonly options: RouteOptions;
  /** The same node for what counts and cuts sessions. */
  readonly counted: BackendsNode;
}

/** Throws where the plan has no such node: then the caller mixed up two plans. */
export function configNode(
  target: ConfigTarget,
  node: NodeName,
  options: RouteOptions,
): ConfigNode {
  const at = target.nodes.find((candidate) => candidate.node === node);
  if (at === undefined) throw new Error(`The plan has no node ${node}.`);
  const { deadlineMs, failpoint } = options;
  const more = {
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const api = new RuntimeApi({ node, address: at.runtime, ...more });
  const { sides, traits } = target;
  const backends = { blue: [sides.blue], green: [sides.green] };
  return {
    target,
    at,
    api,
    master: new Master({ node, address: at.master, ...more }),
    options,
    counted: { target: { backends, ...(traits && { traits }) }, at, api, options },
  };
}

/** The line that moves this route's traffic. */
export function lineName({ frontend, useBackend }: ConfigTarget): TrafficLineName {
  return { frontend, ...(useBackend === undefined ? {} : { useBackend }) };
}

/** `default_backend of www`, `use_backend ... if is_shop of www`. */
export function lineWords({ frontend, useBackend }: ConfigTarget): string {
  const keyword = useBackend === undefined ? 'default_backend' : `use_backend ... ${useBackend}`;
  return `${keyword} of ${frontend}`;
}

/** What of the node belongs to the service itself. */
export function ownOf({ target, at, api, counted }: ConfigNode): Own {
  const lineOf = (text: string) => {
    const line = findTrafficLine(text, lineName(target));
    return line.kind === 'found' ? line.number : undefined;
  };
  return { api, at, backends: counted.target.backends, lineOf };
}
