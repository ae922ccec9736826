import type { NodeTarget } from '../release/target.ts';
import type { NodeFile } from './file-schema.ts';
import { nodeTarget } from './node-target.ts';
import { type Path, problem } from './problem.ts';
import type { TargetAsk } from './route-settings.ts';

/** A node with one map as it has it: the path in its haproxy.cfg, and the file behind it, `file:///path`. */
export interface NodeWithMap extends NodeTarget {
  readonly mapId: string;
  readonly mapFile: string;
}

export type MapsReading =
  /** All of the fleet's nodes, in the file's order. */
  | { readonly kind: 'read'; readonly nodes: readonly NodeWithMap[] }
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

/** Finds a service's map on every node of its fleet, by `maps` or by `map_file`. */
export function mapsOnNodes(ask: TargetAsk<unknown>, map: string): MapsReading {
  const nodes: NodeWithMap[] = [];
  const problems: string[] = [];
  ask.nodes.forEach((node, i) => {
    const found = mapOnNode(node, map, ask, ['fleets', ask.fleet, 'nodes', i]);
    if (typeof found === 'string') problems.push(found);
    else nodes.push(found);
  });
  return problems.length > 0 ? { kind: 'broken', problems } : { kind: 'read', nodes };
}

function mapOnNode(
  node: NodeFile,
  map: string,
  ask: TargetAsk<unknown>,
  path: Path,
): NodeWithMap | string {
  const { maps, map_file: file } = node;
  const entry = `"${map}": { id: <its path in this node's haproxy.cfg>, file: file://<path> }`;
  if (maps !== undefined) {
    const own = Object.hasOwn(maps, map) ? maps[map] : undefined;
    if (own !== undefined) {
      return { ...nodeTarget(node), mapId: own.id, mapFile: own.file };
    }
    const hint = `services.${ask.service}.route.map names it`;
    return problem([...path, 'maps'], `an entry ${entry}`, Object.keys(maps).join(', '), hint);
  }
  const at: Path = [...path, 'map_file'];
  if (file === undefined) {
    return problem(at, 'file:///path of the map on this node, or maps', undefined);
  }
  if (ask.mapsOfFleet.length <= 1) {
    return { ...nodeTarget(node), mapId: map, mapFile: file };
  }
  const why = 'the services of this fleet use several maps, and one map_file cannot say which';
  return problem(at, `maps with an entry ${entry}`, file, why);
}
