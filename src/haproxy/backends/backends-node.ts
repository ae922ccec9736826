import type { NodeTarget } from '../../release/target.ts';
import type { SideBackends } from '../held.ts';
import type { RuntimeApi } from '../runtime-api.ts';

/** One node of a route whose sides are two backends. */
export interface BackendsNode {
  readonly target: { readonly sides: SideBackends };
  readonly at: NodeTarget;
  readonly api: RuntimeApi;
  readonly options: {
    /** Milliseconds for connecting, and again for the whole answer. */
    readonly deadlineMs?: number;
  };
}
