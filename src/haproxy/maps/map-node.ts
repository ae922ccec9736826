import { fileURLToPath } from 'node:url';
import type { Observed } from '../../release/plan.ts';
import type { RouteTraits } from '../../release/target.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import type { SideBackends, SideWords } from '../held.ts';
import type { MapFile } from '../map-file/map-file.ts';
import type { Own } from '../other-users/other-users.ts';
import type { MapEntry } from '../replies/show-map.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';
import type { RouteOptions } from '../routes/route-options.ts';
import { RuntimeApi } from '../runtime-api.ts';

/** Keys of a map whose values name the side with the traffic: all of them name the same. */
export interface MapKeyTarget {
  /** At least one. */
  readonly keys: readonly string[];
  readonly values: SideWords;
  readonly backends: SideBackends;
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

/** What of the node belongs to the service itself. */
export function ownOf({ target, at, api }: MapNode): Own {
  const { backends, values } = target;
  const keys = entriesOf(target, 'blue').map(({ key }) => key);
  return { api, at, backends, map: { id: at.mapId, keys, values } };
}

/** The node's file; `planned`: which file that was when the release was planned. */
export function mapFileOf({ at }: MapNode, planned?: Pick<Observed, 'file'>): MapFile {
  return {
    file: at.mapFile,
    write: at.fileWrite,
    leadsTo: planned === undefined ? undefined : (planned.file ?? fileURLToPath(at.mapFile)),
  };
}

/** What the map holds once a side has the traffic, in the order in which it is written: the side itself comes last. */
export function entriesOf(
  { keys, values, alongside = [] }: MapKeyTarget,
  to: Side,
): readonly MapEntry[] {
  return [...alongside, ...keys.map((key) => ({ key, value: values[to] }))];
}

/** Every key that a switch sets, in the same order. */
export function ownKeys(target: MapKeyTarget): readonly string[] {
  return entriesOf(target, 'blue').map(({ key }) => key);
}
