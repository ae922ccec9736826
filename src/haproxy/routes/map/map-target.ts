import type { NodeTarget, SideTarget } from '../../../release/target.ts';
import type { BackendName, Side } from '../../../release/vocabulary.ts';

/** One node of route `map`: where its map lives. */
export interface MapNodeTarget extends NodeTarget {
  /** The map's path as this node's haproxy.cfg names it; the Runtime API addresses the map by it. */
  readonly mapId: string;
  /** The file that the node's next worker will read, `file:///path`. */
  readonly mapFile: string;
}

/** Route `map`: `use_backend %[str(<key>),map(<map>)]`, moved by `set map`; several keys move together. */
export interface MapTarget extends SideTarget {
  readonly kind: 'map';
  /** At least one. */
  readonly keys: readonly string[];
  /** The word that names each side in the map: the backend's name, or another. */
  readonly values: Readonly<Record<Side, string>>;
  /** What each side is made of: at least one backend; `sides` has the same in words. */
  readonly backends: Readonly<Record<Side, readonly BackendName[]>>;
  readonly nodes: readonly MapNodeTarget[];
}
