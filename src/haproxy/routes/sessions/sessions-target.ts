import type { SideTarget } from '../../../release/target.ts';

/** Route `sessions`: new users go to the new side, existing sessions stay on the old one. */
export interface SessionsTarget extends SideTarget {
  readonly kind: 'sessions';
  /** By what the users are moved. Each way extends the target in a folder of its own. */
  readonly by: string;
}
