import type { NodeTarget } from '../../release/target.ts';
import type { BackendName } from '../../release/vocabulary.ts';
import type { RuntimeApi } from '../runtime-api.ts';

/** One node's backend whose servers are looked at one by one. */
export interface ServersNode {
  readonly at: NodeTarget;
  readonly backend: BackendName;
  readonly api: RuntimeApi;
  /** Monotonic milliseconds. */
  readonly mono: () => number;
}
