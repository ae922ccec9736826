import type { Board } from './board.ts';
import type { Courier } from './delivery/courier.ts';
import type { Faults } from './faults.ts';
import type { FileCabinet } from './file-cabinet.ts';
import type { Modals } from './modals.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Workspace } from './workspace.ts';

/** Everything one local Slack consists of; each part sees the others through this. */
export interface SlackWorld {
  /** Read anew at each use: groups change while it runs. */
  readonly workspace: Workspace;
  /** False: user groups are answered `plan_upgrade_required`, as on a free plan. */
  readonly paidPlan: boolean;
  /** An address for one Socket Mode connection; undefined where deliveries go to a request URL. */
  readonly socketUrl: () => string | undefined;
  readonly board: Board;
  readonly modals: Modals;
  readonly faults: Faults;
  readonly courier: Courier;
  readonly responseUrls: ResponseUrls;
  readonly files: FileCabinet;
  /** Base address without a slash at its end. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** An id nobody has: the prefix and capital letters and digits. */
  readonly newId: (prefix: string) => string;
}
