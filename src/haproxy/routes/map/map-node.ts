import type { NodeName } from '../../../release/vocabulary.ts';
import { RuntimeApi } from '../../runtime-api.ts';
import type { RouteOptions } from '../route-options.ts';
import type { MapNodeTarget, MapTarget } from './map-target.ts';

/** One node of a map route: what the plan says of it, and its Runtime API. */
export interface MapNode {
  readonly target: MapTarget;
  readonly at: MapNodeTarget;
  readonly api: RuntimeApi;
  readonly options: RouteOptions;
}

/** Throws where the plan has no such node: then the caller mixed up two plans. */
export function mapNode(target: MapTarget, node: NodeName, options: RouteOptions): MapNode {
  const at = target.nodes.find((candidate) => candidate.node === node);
  if (at === undefined) throw new Error(`The plan has no node ${node}.`);
  const { deadlineMs, failpoint } = options;
  const api = new RuntimeApi({
    node,
    address: at.runtime,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  return { target, at, api, options };
}
