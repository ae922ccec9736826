import { fileURLToPath } from 'node:url';
import type { Observed } from '../../release/plan.ts';
import type { RouteTraits } from '../../release/target.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import type { SideBackends } from '../held.ts';
import type { MapFileKey } from '../map-file/map-file.ts';
import type { MapEntry } from '../replies/show-map.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';
import type { RouteOptions } from '../routes/route-options.ts';
import { RuntimeApi } from '../runtime-api.ts';

/** A key of a map whose value is the backend of the side with the traffic. */
export interface MapKeyTarget {
  readonly key: string;
  readonly sides: SideBackends;
  readonly nodes: readonly MapNodeTarget[];
  readonly traits?: RouteTraits;
  /** Keys of the same map that a switch to either side sets first, on the same line. */
  readonly alongside?: readonly MapEntry[];
}

/** One node of a route over a map: what the plan says of it, and its Runtime API. */
export interface MapNode {
  readonly target: MapKeyTarget;
  readonly at: MapNodeTarget;
  readonly api: RuntimeApi;
  readonly options: RouteOptions;
}

/** Throws where the plan has no such node: then the caller mixed up two plans. */
export function mapNode(target: MapKeyTarget, node: NodeName, options: RouteOptions): MapNode {
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

/** The key's line in the node's file; `planned`: which file that was when the release was planned. */
export function mapLine({ at, target }: MapNode, planned?: Pick<Observed, 'file'>): MapFileKey {
  return {
    file: at.mapFile,
    key: target.key,
    backends: target.sides,
    write: at.fileWrite,
    leadsTo: planned === undefined ? undefined : (planned.file ?? fileURLToPath(at.mapFile)),
  };
}

/** What the map holds once a side has the traffic, in the order in which it is written: the side itself comes last. */
export function entriesOf(
  { key, sides, alongside = [] }: MapKeyTarget,
  to: Side,
): readonly MapEntry[] {
  return [...alongside, { key, value: sides[to] }];
}
