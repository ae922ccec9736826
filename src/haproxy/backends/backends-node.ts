import type { NodeTarget, RouteTraits } from '../../release/target.ts';
import type { ServerName, Side } from '../../release/vocabulary.ts';
import type { SideBackends } from '../held.ts';
import type { RuntimeApi } from '../runtime-api.ts';

/** One node of a route whose sides are two backends, or servers of one. */
export interface BackendsNode {
  readonly target: {
    readonly backends: SideBackends;
    /** Absent: every server of the side's backends. */
    readonly servers?: Readonly<Record<Side, readonly ServerName[]>>;
    readonly traits?: RouteTraits;
  };
  readonly at: NodeTarget;
  readonly api: RuntimeApi;
  readonly options: {
    /** Milliseconds for connecting, and again for the whole answer. */
    readonly deadlineMs?: number;
  };
}
