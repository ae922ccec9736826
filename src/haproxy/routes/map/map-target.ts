import type { NodeTarget, SideTarget } from '../../../release/target.ts';
import type { BackendName, Side } from '../../../release/vocabulary.ts';

/** One node of route `map`: where its map lives. */
export interface MapNodeTarget extends NodeTarget {
  /** The map's path as this node's haproxy.cfg names it; the Runtime API addresses the map by it. */
  readonly mapId: string;
  /** The file that the node's next worker will read, `file:///path`. */
  readonly mapFile: string;
}

/** Route `map`: `use_backend %[str(<key>),map(<map>)]`, moved by `set map`. */
export interface MapTarget extends SideTarget {
  readonly kind: 'map';
  readonly key: string;
  readonly sides: Readonly<Record<Side, BackendName>>;
  readonly nodes: readonly MapNodeTarget[];
}
