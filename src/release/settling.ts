import type { Happening } from './journal-entry.ts';
import type { Actor, Side } from './vocabulary.ts';

/** A person has named the side on which a release that needs attention ends. */
export interface Settling {
  readonly side: Side;
  readonly by: Actor;
  readonly reason: string;
  /** Undefined: an operator's settlement, which writes over everything. */
  readonly foreign?: 'kept';
  /** Also where the side has no healthy server. */
  readonly override?: string;
}

type Row = Extract<Happening, { kind: 'settling' }>;

export function settlingOf({ side, reason, foreign, override }: Row, by: Actor): Settling {
  return {
    side,
    by,
    reason,
    ...(foreign === undefined ? {} : { foreign }),
    ...(override === undefined ? {} : { override }),
  };
}

/** What stands where the buttons were. */
export function settlingWord({ side, foreign }: Row): string {
  return foreign === 'kept' ? `Taken back to ${side}` : `Settled on ${side}`;
}
