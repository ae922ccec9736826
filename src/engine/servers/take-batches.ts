import type { BatchPhase, ServersStep } from '../../release/plan.ts';
import { batchPhases } from '../../release/plan.ts';
import { noProgress } from '../../release/servers-progress.ts';
import { system } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import { deadlineIn } from '../deadline.ts';
import { whenSettled } from '../effects/settle-writes.ts';
import { mayRunNow } from '../may-run.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { runPhase } from './run-phase.ts';
import { readServersFleet } from './servers-fleet.ts';
import { serversMoved } from './servers-gates.ts';
import { serversHook } from './servers-hook.ts';
import { replanServers } from './servers-replan.ts';

/** Takes the plan's servers batch by batch, each from one phase to the next, from wherever the journal stands. */
export async function takeBatches(context: RunContext): Promise<Outcome> {
  if (context.serversRelease.servers === undefined) {
    const unprepared = await begin(context);
    if (unprepared !== undefined) return unprepared;
  }
  for (;;) {
    const { plan, servers = noProgress } = context.serversRelease;
    const step = plan.steps[servers.batch];
    if (step === undefined) return passed;
    if (context.signal.aborted) return interrupted;
    const outcome = await whenSettled(context, await runPhase(context, step, servers.phase));
    if (outcome.kind !== 'passed') return outcome;
    enterNext(context, step);
  }
}

async function begin(context: RunContext): Promise<Outcome | undefined> {
  const outcome =
    (await beforeTheFirst(context)) ??
    (await serversHook(context, 'migrate')) ??
    (await serversHook(context, 'before_switch'));
  if (outcome !== undefined) return outcome;
  enterPhase(context, 0, firstPhase(context.serversRelease.plan.steps[0]));
  return undefined;
}

/** Asked once more right before the first write: the rules, the world, and whether the workers are those that were checked. */
async function beforeTheFirst(context: RunContext): Promise<Outcome | undefined> {
  const refusal = await mayRunNow(context);
  if (context.signal.aborted) return interrupted;
  if (refusal !== undefined) return nothingMoved(refusal);
  const { plan, workers } = context.serversRelease;
  const readings = await readServersFleet(context.serversRoute, plan.target, context.signal);
  if (context.signal.aborted) return interrupted;
  const moved = serversMoved(plan, readings);
  if (moved !== undefined) return replanServers(context, moved);
  const isAsChecked = (reading: ServersReading): boolean => {
    if (reading.kind !== 'reached' || reading.stopping) return false;
    const checked = workers[reading.node];
    return checked !== undefined && isSameWorker(reading.worker, checked);
  };
  if (readings.every(isAsChecked)) return undefined;
  // Nothing is written yet: the gates are asked again, of the workers that are there now.
  context.record({ kind: 'stage_entered', stage: 'preflight' }, system('reload'));
  return interrupted;
}

function nothingMoved(why: string): Outcome {
  return {
    kind: 'ends',
    state: 'failed',
    why: `Nothing was moved: ${why}. Mend it and ask again.`,
    by: system('switch'),
  };
}

/** Enters a phase, with the time it may take where it waits for something. */
export function enterPhase(context: RunContext, batch: number, phase: BatchPhase): void {
  context.record(phaseRow(context, batch, phase));
}

function phaseRow(context: RunContext, batch: number, phase: BatchPhase) {
  const ms = patienceOf(context.serversRelease.plan.steps[batch], phase);
  const deadline = ms === undefined ? undefined : deadlineIn(context.deps.clock, ms);
  return {
    kind: 'batch_entered',
    batch,
    phase,
    ...(deadline === undefined ? {} : { deadline }),
  } as const;
}

function patienceOf(step: ServersStep | undefined, phase: BatchPhase): number | undefined {
  if (step?.kind !== 'take') return undefined;
  if (phase === 'empty') return step.drain.timeoutMs;
  return phase === 'healthy' ? step.healthy.timeoutMs : undefined;
}

function firstPhase(step: ServersStep | undefined): BatchPhase {
  return step?.kind === 'set' ? 'set' : 'drain';
}

function enterNext(context: RunContext, step: ServersStep): void {
  const { plan, servers = noProgress } = context.serversRelease;
  const { batch, phase } = servers;
  const next =
    step.kind === 'set' ? undefined : phaseAfter(phase, plan.hooks?.deploy !== undefined);
  if (next !== undefined) {
    enterPhase(context, batch, next);
    return;
  }
  const further = plan.steps[batch + 1];
  context.recordAll([
    { what: { kind: 'batch_done', batch } },
    ...(further === undefined ? [] : [{ what: phaseRow(context, batch + 1, firstPhase(further)) }]),
  ]);
}

function phaseAfter(phase: BatchPhase, deploys: boolean): BatchPhase | undefined {
  const phases: readonly BatchPhase[] = batchPhases.filter((one) => deploys || one !== 'deploy');
  return phases[phases.indexOf(phase) + 1];
}
