import type { Release } from '../release/release.ts';
import { byHandLines } from './by-hand.ts';
import { convergeMemory, notOn } from './converge.ts';
import { interrupted, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import { patienceMs } from './take-over.ts';

/** Brings every reached node back to stable. Waits for no gate; only a stable side without a server stops it. */
export async function goBack(context: RunContext): Promise<Outcome> {
  const { plan, goingBack } = context.release;
  if (goingBack === undefined) throw new Error(`${context.id} is not going back.`);
  const { from } = plan;
  const override = overridden(context);
  const converged = await convergeMemory(context, {
    to: from,
    why: 'going back',
    patienceMs,
    evenWithoutServers: override,
    overwriteForeign: false,
  });
  const off = converged.kind === 'stuck' ? converged.why : await notOn(context, from);
  const stuck = converged.kind === 'stuck' ? converged.nodes : undefined;
  // An operator may have named a side meanwhile: that is the last word.
  if (context.release.settling !== undefined) return interrupted;
  if (off !== undefined) {
    return {
      kind: 'needs_attention',
      why: `Not every node could be brought back to ${from}: ${off}. The others are on ${from}.`,
      byHand: byHandLines(context, from, stuck),
    };
  }
  return {
    kind: 'ends',
    state: endOf(context, goingBack.end),
    why: goingBack.why,
    by: goingBack.by,
  };
}

/** `failed` where nothing ever moved; what a person took back stays `aborted`. */
function endOf(context: RunContext, end: NonNullable<Release['goingBack']>['end']) {
  if (end !== 'rolled_back') return end;
  const moved = context.deps.journal
    .rowsOf(context.id)
    .some(
      ({ what }) =>
        what.kind === 'switched' ||
        (what.kind === 'result' && what.effect === 'memory' && what.outcome === 'applied') ||
        (what.kind === 'reconciled' && what.effect === 'memory'),
    );
  return moved ? end : 'failed';
}

function overridden(context: RunContext): boolean {
  return context.deps.journal
    .rowsOf(context.id)
    .some(({ what }) => what.kind === 'going_back' && what.override !== undefined);
}
