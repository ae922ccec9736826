import type { Progress } from '../engine/ports.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Hold } from '../release/service-state.ts';

/** What a card shows besides the release itself. */
export interface CardView {
  /** Numbers of the stage under way. */
  readonly progress?: Progress;
  /** The newest readings known, also after the progress is gone. */
  readonly readings?: readonly NodeReading[];
  /** Set where the same message may stand in the channel already: the mark that says so. */
  readonly repeated?: string;
  /** Who locked the service, and why, as it is now. */
  readonly hold?: Hold;
}
