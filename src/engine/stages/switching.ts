import type { ReachedNode, Worker } from '../../release/reading.ts';
import { system } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import { agreement, readFleet } from '../fleet.ts';
import { worldMoved } from '../gates.ts';
import { mayRunNow } from '../may-run.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { replan } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';
import { takeOver } from '../take-over.ts';
import { fireOnAll, recordSwitched, whyNot } from '../write-memory.ts';

/** Moves the traffic: arm every node, commit every intent, fire on all in one go. */
export const switching: Stage = { name: 'switching', run };

async function run(context: RunContext): Promise<Outcome> {
  const { release } = context;
  if (release.acceptedBy !== undefined) return takeOver(context);
  const refusal = await mayRunNow(context);
  if (context.signal.aborted) return interrupted;
  if (refusal !== undefined) return nothingMoved(refusal);
  const { plan, workers } = release;
  const readings = await readFleet(context.route, plan.target);
  if (context.signal.aborted) return interrupted;
  const moved = worldMoved(plan, readings);
  if (moved !== undefined) return replan(context, moved);
  const agreed = agreement(readings);
  if (agreed.kind === 'apart') return nothingMoved(agreed.why);
  if (agreed.readings.some((reading) => isOtherWorker(reading, workers[reading.node]))) {
    // Nothing is written yet: the gates are asked again, of the workers that are there now.
    context.record({ kind: 'stage_entered', stage: 'preflight' }, system('reload'));
    return interrupted;
  }
  return fire(context, agreed.readings);
}

/** The checks were made of the worker that was there then: a reload has replaced it since, or does so now. */
function isOtherWorker({ worker, stopping }: ReachedNode, checked: Worker | undefined): boolean {
  return stopping || checked === undefined || !isSameWorker(worker, checked);
}

async function fire(context: RunContext, readings: readonly ReachedNode[]): Promise<Outcome> {
  const { plan } = context.release;
  const volley = await fireOnAll(context, readings, plan.to, 'switch');
  if (volley.kind === 'not_armed') return nothingMoved(volley.why);
  const why = whyNot(volley.written);
  if (why !== '') {
    return {
      kind: 'goes_back',
      end: 'rolled_back',
      why: `The switch did not succeed on every node (${why}).`,
      by: system('switch'),
    };
  }
  recordSwitched(context, volley);
  return passed;
}

function nothingMoved(why: string): Outcome {
  return {
    kind: 'ends',
    state: 'failed',
    why: `Nothing was moved: ${why}. Mend it and ask again.`,
    by: system('switch'),
  };
}
