import type { Progress } from '../engine/ports.ts';
import type { NodeReading } from '../release/reading.ts';

/** What a card shows besides the release itself. */
export interface CardView {
  /** Numbers of the stage under way. */
  readonly progress?: Progress;
  /** The newest readings known, also after the progress is gone. */
  readonly readings?: readonly NodeReading[];
  /** Set where the same message may stand in the channel already: the mark that says so. */
  readonly repeated?: string;
}
