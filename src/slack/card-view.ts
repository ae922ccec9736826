import type { Progress, ServersReading } from '../engine/ports.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Hold } from '../release/service-state.ts';

/** What a card shows besides the release itself. */
export interface CardView {
  /** Numbers of the stage under way. */
  readonly progress?: Progress;
  /** Read after the last write to the nodes; absent where that is not so. */
  readonly readings?: readonly NodeReading[];
  /** The same of a release of single servers. */
  readonly servers?: readonly ServersReading[];
  /** When they were read, ISO. */
  readonly readAt?: string;
  /** Set where the same message may stand in the channel already: the mark that says so. */
  readonly repeated?: string;
  /** Who locked the service, and why, as it is now. */
  readonly hold?: Hold;
}
