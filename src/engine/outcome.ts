import type { EndState } from '../release/states.ts';
import type { Actor, Side } from '../release/vocabulary.ts';

/** How a stage ended; each comment says what happens next. */
export type Outcome =
  /** The next stage of the release's own list is entered; after the last one it is completed. */
  | { readonly kind: 'passed' }
  /** Nothing was written: the release ends in this state, its lock is freed. */
  | { readonly kind: 'ends'; readonly state: EndState; readonly why: string; readonly by: Actor }
  /** Something may have been written: every node goes back to stable, then the release ends. */
  | {
      readonly kind: 'goes_back';
      readonly end: 'failed' | 'aborted' | 'rolled_back';
      readonly why: string;
      readonly by: Actor;
    }
  /** The world moved before the first write: approvals are void, the new plan is put to the approvers. */
  | { readonly kind: 'replanned' }
  /** It cannot be settled by itself: lock held, people told, the lines to settle it by hand printed. */
  | {
      readonly kind: 'needs_attention';
      readonly why: string;
      readonly byHand: readonly string[];
      readonly choice?: { readonly reapply: Side; readonly accept: Side };
      /** What only a person can answer: no look at the nodes ends it. */
      readonly asks?: 'hook' | 'return' | 'side';
      /** Who else uses the side that a hook waits for: nobody else has to answer once they are gone. */
      readonly users?: readonly string[];
    }
  /** A person or the end of the program interrupted: the journal says what to do, the driver looks again. */
  | { readonly kind: 'interrupted' };

export const passed: Outcome = { kind: 'passed' };
export const interrupted: Outcome = { kind: 'interrupted' };
