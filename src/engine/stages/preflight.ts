import type { GateReport } from '../../release/journal-entry.ts';
import { stepOf } from '../../release/plan.ts';
import type { NodeReading, Worker } from '../../release/reading.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { readFleet } from '../fleet.ts';
import { judgeFleet, judgeNode, worldMoved } from '../gates.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { replan } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Keeps reading every node until all gates hold in N consecutive readings, or the time is up. Writes nothing. */
export const preflight: Stage = { name: 'preflight', run };

/** Between two readings, milliseconds: a health check's usual interval is 2 s, two readings shall not see the same one only. */
const between = 500;

async function run(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const step = stepOf(plan, 'preflight');
  const needed = step?.healthyReadings ?? 1;
  const deadline = deadlineIn(context.deps.clock, step?.timeoutMs ?? 0);
  for (let good = 0; ; ) {
    const readings = await readFleet(context.route, plan.target, context.signal);
    if (context.signal.aborted) return interrupted;
    const moved = worldMoved(plan, readings);
    if (moved !== undefined) return replan(context, moved);
    const gates = [judgeFleet(readings), ...readings.flatMap((r) => judgeNode(plan, r))];
    const failed = gates.filter(({ result }) => result !== 'successful');
    good = failed.length === 0 ? good + 1 : 0;
    context.progress({
      text: failed[0]?.sentence ?? `All gates hold, reading ${good} of ${needed}`,
      done: good,
      total: needed,
      readings,
    });
    if (good >= needed) return gatesHold(context, gates, readings);
    if (msUntil(context.deps.clock, deadline) === 0)
      return gatesRefuse(context, gates, failed, readings);
    if (await context.pause(between)) return interrupted;
  }
}

function gatesHold(
  context: RunContext,
  gates: readonly GateReport[],
  readings: readonly NodeReading[],
): Outcome {
  context.record({ kind: 'gates_checked', gates, workers: workersOf(readings) });
  return passed;
}

function gatesRefuse(
  context: RunContext,
  gates: readonly GateReport[],
  failed: readonly GateReport[],
  readings: readonly NodeReading[],
): Outcome {
  context.record({ kind: 'gates_checked', gates, workers: workersOf(readings) });
  const why = failed.map(({ gate, sentence }) => `${gate}: ${sentence}`).join('; ');
  return {
    kind: 'ends',
    state: 'failed',
    why: `A gate refused, nothing was moved. ${why}. Mend it and ask again.`,
    by: system('preflight'),
  };
}

function workersOf(readings: readonly NodeReading[]): Readonly<Record<string, Worker>> {
  return Object.fromEntries(
    readings.flatMap((r) => (r.kind === 'reached' ? [[r.node, r.worker] as const] : [])),
  );
}
