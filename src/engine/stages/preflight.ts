import { counted, isOrAre } from '../../release/counted.ts';
import { joined } from '../../release/joined.ts';
import type { GateReport } from '../../release/journal-entry.ts';
import { type HookPoint, type SidePlan, stepOf } from '../../release/plan.ts';
import { type NodeReading, partsOf, type Worker } from '../../release/reading.ts';
import { countedServers, servingServers } from '../../release/server-fitness.ts';
import { type Side, system } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import { type Deadline, withDeadline } from '../../timing/deadline.ts';
import { nodesOf, onEveryNode, readFleet } from '../fleet.ts';
import { recordChecked } from '../gate-rows.ts';
import { fileWritable, judgeFleet, judgeNode, worldMoved } from '../gates.ts';
import { isOver } from '../good-readings.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
import { mayRunNow } from '../may-run.ts';
import { alsoUsed, readOtherUsers } from '../other-users.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { Extent } from '../ports.ts';
import { prepareSide, toPrepare } from '../prepare-side.ts';
import { replan } from '../replan.ts';
import type { RunContext } from '../run-context.ts';
import { runHook, sideOfHook } from '../run-hook.ts';
import type { Stage } from '../stage.ts';

/** Keeps reading every node until all gates hold in N consecutive readings, or the time is up. Writes nothing to a node. */
export const preflight: Stage = { name: 'preflight', run };

/** Between two readings, milliseconds: a health check's usual interval is 2 s, two readings shall not see the same one only. */
const between = 500;

async function run(context: RunContext): Promise<Outcome> {
  await noteOtherUsers(context);
  if (context.signal.aborted) return interrupted;
  const first = await untilGatesHold(context);
  if (first.kind !== 'passed') return first;
  const point = 'before_switch';
  const refused = await mayNotRun(context, point);
  if (refused !== undefined) return refused;
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  // What the hook did to the service may show in what the gates look at.
  if (end.kind === 'succeeded') return untilGatesHold(context);
  return outcomeOfHook(context, point, end) ?? passed;
}

/** Who else uses the sides may have changed since the plan was made: told with the release, and no reason to begin anew. */
async function noteOtherUsers(context: RunContext): Promise<void> {
  const { plan, alsoUsed: known = [] } = context.release;
  const found = await readOtherUsers(context.route, plan.target, context.signal);
  const { alsoUsed: users = [] } = alsoUsed(found);
  if (users.join() !== known.join()) context.record({ kind: 'other_users_found', users });
}

/** A hook is an effect, too: who approved it must still be somebody who may. */
async function mayNotRun(context: RunContext, point: HookPoint): Promise<Outcome | undefined> {
  if (context.release.plan.hooks?.[point] === undefined) return undefined;
  const why = await mayRunNow(context);
  if (context.signal.aborted) return interrupted;
  return why === undefined
    ? undefined
    : {
        kind: 'ends',
        state: 'failed',
        why: `Nothing was moved: ${why}. Mend it and ask again.`,
        by: system('preflight'),
      };
}

function untilGatesHold(context: RunContext): Promise<Outcome> {
  const timeoutMs = stepOf(context.release.plan, 'preflight')?.timeoutMs ?? 0;
  return withDeadline(timeoutMs, (deadline) => readUntil(context, deadline));
}

async function readUntil(context: RunContext, deadline: Deadline): Promise<Outcome> {
  const { plan } = context.release;
  const needed = stepOf(plan, 'preflight')?.healthyReadings ?? 1;
  let streak: Streak = { good: 0, workers: {} };
  let first = true;
  while (!context.signal.aborted) {
    const extent = extentOf(streak.good, needed, first);
    const readings = await look(context, first, extent);
    first = false;
    if (context.signal.aborted) break;
    const judged = judgeAll(plan, readings);
    streak = afterRound(streak, judged);
    show(context, judged, streak.good, needed);
    // Nothing passes that was not read whole: a key that stands twice shows nowhere else.
    const counts = extent === 'whole' || streak.good === 0;
    const over = counts && isOver(streak.good, needed, deadline.expired);
    const outcome = await roundOutcome(context, judged, over);
    if (outcome !== undefined) return outcome;
    await context.pause(between);
  }
  return interrupted;
}

/** The reading that may be the last is whole; all of a large map is not read while something else keeps a gate shut. */
function extentOf(good: number, needed: number, first: boolean): Extent {
  return good + 1 >= needed && (first || good > 0) ? 'whole' : 'keys';
}

/** The first time a side that was taken out whole is let in, so that it can be judged. */
async function look(
  context: RunContext,
  first: boolean,
  extent: Extent,
): Promise<readonly NodeReading[]> {
  const { target, to } = context.release.plan;
  const readings = await readFleet(context.route, target, context.signal, extent);
  if (context.signal.aborted) return readings;
  const out = first ? toPrepare(context, readings, to) : [];
  if (out.length === 0) return readings;
  await prepareSide(context, out, to);
  return look(context, false, extent);
}

/** The world first: what was approved must still be what is there. Then the gates, when the time is up. */
async function roundOutcome(
  context: RunContext,
  judged: Judged,
  over: boolean,
): Promise<Outcome | undefined> {
  const moved = worldMoved(context.release.plan, judged.readings);
  if (moved !== undefined) return replan(context, moved);
  return over ? conclude(context, await withTrial(context, judged)) : undefined;
}

interface Judged {
  readonly gates: readonly GateReport[];
  readonly failed: readonly GateReport[];
  readonly readings: readonly NodeReading[];
}

function judgeAll(plan: SidePlan, readings: readonly NodeReading[]): Judged {
  const gates = [judgeFleet(readings), ...readings.flatMap((r) => judgeNode(plan, r))];
  return { gates, failed: gates.filter(({ result }) => result !== 'successful'), readings };
}

/** Last of all, where everything else holds: whether each file takes what the acceptance will write. */
async function withTrial(context: RunContext, judged: Judged): Promise<Judged> {
  const { route } = context;
  const { tryPersist } = route;
  if (judged.failed.length > 0 || tryPersist === undefined) return judged;
  const { target, to } = context.release.plan;
  const tried = await onEveryNode(nodesOf(target), (node) =>
    tryPersist(node, to).then(
      () => undefined,
      (error: unknown) =>
        fileWritable(node, error instanceof Error ? error.message : String(error)),
    ),
  );
  const failed = tried.filter((gate) => gate !== undefined);
  const kept = judged.gates.filter(
    ({ gate, node }) => !failed.some((one) => one.gate === gate && one.node === node),
  );
  return { ...judged, gates: [...kept, ...failed], failed };
}

function show(
  context: RunContext,
  { failed, readings }: Judged,
  good: number,
  needed: number,
): void {
  const starting = failed.find(({ gate }) => gate === 'servers healthy');
  if (starting !== undefined) {
    const { to } = context.release.plan;
    const [up, all] = serversUp(readings, to);
    const text = `${up} of ${counted(all, 'server')} of ${to} ${isOrAre(all)} up: ${starting.sentence}`;
    context.progress({ text, done: up, total: all, readings });
    return;
  }
  const text = failed[0]?.sentence ?? `All gates hold, reading ${good} of ${needed}`;
  context.progress({ text, done: good, total: needed, readings });
}

/** Over all nodes: each checks the servers by itself. */
function serversUp(readings: readonly NodeReading[], side: Side): readonly [number, number] {
  const parts = readings.flatMap((r) => (r.kind === 'reached' ? partsOf(r.sides[side]) : []));
  return [parts.flatMap(servingServers).length, parts.flatMap(countedServers).length];
}

function conclude(context: RunContext, { gates, failed, readings }: Judged): Outcome {
  recordChecked(context, gates, workersOf(readings));
  return failed.length === 0 ? passed : refusedBy(failed);
}

function refusedBy(failed: readonly GateReport[]): Outcome {
  const why = joined(failed.map(({ gate, sentence }) => `${gate}: ${sentence}`));
  return {
    kind: 'ends',
    state: 'failed',
    why: `A gate refused, nothing was moved. ${why}. Mend it and ask again.`,
    by: system('preflight'),
  };
}

/** How often in a row all gates held, of the same workers. */
interface Streak {
  readonly good: number;
  readonly workers: Readonly<Record<string, Worker>>;
}

/** What was found healthy before a reload says nothing of the worker that came. */
function afterRound(before: Streak, { failed, readings }: Judged): Streak {
  const workers = workersOf(readings);
  const same = Object.entries(workers).every(([node, worker]) => {
    const last = before.workers[node];
    return last !== undefined && isSameWorker(last, worker);
  });
  const good = same ? before.good : 0;
  return { good: failed.length === 0 ? good + 1 : 0, workers };
}

function workersOf(readings: readonly NodeReading[]): Readonly<Record<string, Worker>> {
  return Object.fromEntries(
    readings.flatMap((r) => (r.kind === 'reached' ? [[r.node, r.worker] as const] : [])),
  );
}
