import type { Entry } from '../release/journal-entry.ts';
import type { SidePlan } from '../release/plan.ts';
import { wordsOf } from '../release/target.ts';

/**
 * True where a user may have come to the new side: a write towards it was answered with yes or not at all, or a node was
 * found there. Judged by what was sent and answered, never by how soon a node shows it.
 */
export function hasMoved(rows: readonly Entry[], plan: SidePlan): boolean {
  const towards = new Set(rows.filter((row) => isTowards(row, plan)).map(({ seq }) => seq));
  return rows.some((row) => isSign(row, plan, towards));
}

function isTowards({ what }: Entry, { to }: SidePlan): boolean {
  return what.kind === 'intent' && what.effect === 'memory' && what.to === to;
}

function isSign(
  { what, before, readback }: Entry,
  { from, to, target }: SidePlan,
  towards: ReadonlySet<number>,
): boolean {
  switch (what.kind) {
    case 'switched':
      return true;
    case 'intent':
      // Written back from the new side: a worker had it that nobody had asked, a reload's.
      return what.effect === 'memory' && what.to === from && before === wordsOf(target)[to];
    case 'result':
      // What was read back had been answered with yes; the wire's own no has no reading.
      return towards.has(what.intent) && (isYesOrSilence(what.outcome) || readback !== undefined);
    case 'reconciled':
      return towards.has(what.intent);
    default:
      return false;
  }
}

function isYesOrSilence(outcome: string): boolean {
  return outcome === 'applied' || outcome === 'unknown';
}
