import type { BackendName, NodeName, Side } from './vocabulary.ts';

/** Where one node is reached and where its map lives; part of the plan, so an open release keeps it. */
export interface NodeTarget {
  readonly node: NodeName;
  /** Runtime API address: `unix:///path` or `tcp://host:port`. */
  readonly runtime: string;
  /** Where smoke requests enter this node, `http://host:port`. */
  readonly frontend: string;
  /** The map's path as this node's haproxy.cfg names it; the Runtime API addresses the map by it. */
  readonly mapId: string;
  /** The file that the node's next worker will read, `file:///path`. */
  readonly mapFile: string;
  /** The master process' socket, where there is one: it knows the old workers that a reload left behind. */
  readonly master?: string;
}

/** How and where a service's traffic is moved. One member per built route kind. */
export type RouteTarget = MapTarget;

/** Route `map`: `use_backend %[str(<key>),map(<map>)]`, moved by `set map`. */
export interface MapTarget {
  readonly kind: 'map';
  readonly key: string;
  readonly sides: Readonly<Record<Side, BackendName>>;
  readonly nodes: readonly NodeTarget[];
}
