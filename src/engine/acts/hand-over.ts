import type { Draft } from '../../release/journal-entry.ts';
import type { OpenIntent, Release } from '../../release/release.ts';
import { type ReleaseId, system } from '../../release/vocabulary.ts';
import { rowOf } from './row-of.ts';

/** What becomes of the open effects of a release that is cut short by another one. */
export interface HandedOver {
  /** Rows of the old release: nothing of it is open any more. */
  readonly closed: readonly Draft[];
  /** Rows of the new one, without its id: what may still be carried out is its to settle. */
  readonly inherited: readonly Pick<Draft, 'node' | 'what'>[];
}

/** A write whose answer never came may still be carried out: whoever takes the service over has to know of it. */
export function handOver(open: Release, to: ReleaseId, answered: ReadonlySet<number>): HandedOver {
  const late = open.openIntents.filter(({ seq }) => !answered.has(seq));
  return {
    closed: open.openIntents.map((intent) => closing(open, intent, late.includes(intent), to)),
    inherited: late.map(({ seq, node, effect, to: side }) => ({
      node,
      what: {
        kind: 'intent',
        effect,
        to: side,
        why: `not settled by ${open.id}`,
        inherits: seq,
      },
    })),
  };
}

function closing(
  open: Release,
  { seq, node, effect }: OpenIntent,
  isLate: boolean,
  to: ReleaseId,
): Draft {
  const why = isLate
    ? `${to} takes ${open.service} over and waits until it can no longer be carried out`
    : `it was answered, and ${to} takes ${open.service} over before it was read back`;
  const by = { actor: system('rollback'), origin: {} };
  return {
    ...rowOf(open, by, {
      kind: 'reconciled',
      effect,
      intent: seq,
      found: { kind: 'unreadable', why },
      sentence: `Not read back on ${node}: ${why}.`,
    }),
    node,
  };
}
