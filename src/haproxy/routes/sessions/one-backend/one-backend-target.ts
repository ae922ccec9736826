import type { BackendName, ServerName, Side } from '../../../../release/vocabulary.ts';
import type { SessionsTarget } from '../sessions-target.ts';

/** A way of route `sessions` whose sides are servers of one backend. */
export interface OneBackendTarget extends SessionsTarget {
  readonly backend: BackendName;
  /** Every server of either side; `sides` has the same in words. */
  readonly servers: Readonly<Record<Side, readonly ServerName[]>>;
}
