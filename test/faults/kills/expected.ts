import type { Entry } from '../../../src/release/journal-entry.ts';
import { isSidePlan, type SidePlan } from '../../../src/release/plan.ts';
import type { Side } from '../../../src/release/vocabulary.ts';

/** What every node shall hold. */
export interface Expected {
  readonly memory: Side;
  readonly disk: Side;
}

interface Told {
  readonly plan: SidePlan;
  readonly settled?: Side;
  readonly end?: string;
  readonly stage?: string;
}

/**
 * Where the nodes must be by the rows alone, told release by release: the tests' own reading of the journal, with
 * nothing of the program's fold in it.
 */
export function expectedBy(rows: readonly Entry[], before: Expected): Expected {
  const told = new Map<string, Told>();
  for (const row of rows) {
    const { release, what } = row;
    if (release === undefined) continue;
    const known = told.get(release);
    const opens = what.kind === 'requested' && isSidePlan(what.plan);
    const next = opens ? { plan: what.plan as SidePlan } : known && after(known, what);
    if (next !== undefined) told.set(release, next);
  }
  return [...told.values()].reduce(moved, before);
}

function after(told: Told, what: Entry['what']): Told {
  switch (what.kind) {
    case 'stage_entered':
      return { ...told, stage: what.stage };
    case 'settled':
      return { ...told, settled: what.side };
    case 'ended':
      return { ...told, end: what.state };
    default:
      return told;
  }
}

function moved(now: Expected, { plan, settled, end, stage }: Told): Expected {
  if (settled !== undefined && end !== undefined) return { memory: settled, disk: settled };
  if (end === 'completed') return { memory: plan.to, disk: plan.to };
  if (end === undefined && stage === 'awaiting_acceptance') return { ...now, memory: plan.to };
  return now;
}
