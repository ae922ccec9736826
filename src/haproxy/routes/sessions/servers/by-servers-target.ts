import type { OneBackendTarget } from '../one-backend/one-backend-target.ts';

/** Route `sessions` by `servers`: `ready` on the new side's servers, `drain` on the old one's. */
export interface ByServersTarget extends OneBackendTarget {
  readonly by: 'servers';
}
