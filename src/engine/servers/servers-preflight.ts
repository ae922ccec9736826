import { joined } from '../../release/joined.ts';
import type { GateReport } from '../../release/journal-entry.ts';
import type { ServersPlan, ServersStep } from '../../release/plan.ts';
import type { Worker } from '../../release/reading.ts';
import { system } from '../../release/vocabulary.ts';
import { type Deadline, withDeadline } from '../../timing/deadline.ts';
import { recordChecked } from '../gate-rows.ts';
import { isOver } from '../good-readings.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { readServersFleet } from './servers-fleet.ts';
import { judgeServers, serversMoved } from './servers-gates.ts';
import { replanServers } from './servers-replan.ts';

/** Keeps reading every node until all gates hold, or the time is up. Writes nothing. */
export function serversPreflight(context: RunContext): Promise<Outcome> {
  const { timeoutMs } = patienceOf(context.serversRelease.plan.steps[0]);
  return withDeadline(timeoutMs, (deadline) => readUntil(context, deadline));
}

async function readUntil(context: RunContext, deadline: Deadline): Promise<Outcome> {
  const { plan } = context.serversRelease;
  const { readings: needed } = patienceOf(plan.steps[0]);
  let good = 0;
  while (!context.signal.aborted) {
    const readings = await readServersFleet(context.serversRoute, plan.target, context.signal);
    if (context.signal.aborted) break;
    const moved = serversMoved(plan, readings);
    if (moved !== undefined) return replanServers(context, moved);
    const judged = judgeAll(plan, readings);
    good = judged.failed.length === 0 ? good + 1 : 0;
    show(context, judged, good, needed);
    const over = isOver(good, needed, deadline.expired);
    if (over) return conclude(context, judged);
    await context.pause(context.deps.timings.pollMs);
  }
  return interrupted;
}

/** An operator's word on one server is judged once: nobody waits for it to come true. */
function patienceOf(step: ServersStep | undefined) {
  return step?.kind === 'take' ? step.healthy : { timeoutMs: 0, readings: 1 };
}

interface Judged {
  readonly gates: readonly GateReport[];
  readonly failed: readonly GateReport[];
  readonly readings: readonly ServersReading[];
}

function judgeAll(plan: ServersPlan, readings: readonly ServersReading[]): Judged {
  const gates = readings.flatMap((reading) => judgeServers(plan, reading));
  return { gates, failed: gates.filter(({ result }) => result !== 'successful'), readings };
}

function show(
  context: RunContext,
  { failed, readings }: Judged,
  good: number,
  needed: number,
): void {
  const text = failed[0]?.sentence ?? `All gates hold, reading ${good} of ${needed}`;
  context.progress({ text, done: good, total: needed, servers: readings });
}

function conclude(context: RunContext, { gates, failed, readings }: Judged): Outcome {
  recordChecked(context, gates, workersOf(readings));
  if (failed.length === 0) return passed;
  const why = joined(failed.map(({ gate, sentence }) => `${gate}: ${sentence}`));
  return {
    kind: 'ends',
    state: 'failed',
    why: `A gate refused, nothing was moved. ${why}. Mend it and ask again.`,
    by: system('preflight'),
  };
}

function workersOf(readings: readonly ServersReading[]): Readonly<Record<string, Worker>> {
  return Object.fromEntries(
    readings.flatMap((r) => (r.kind === 'reached' ? [[r.node, r.worker] as const] : [])),
  );
}
