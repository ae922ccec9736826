import { heldWords } from '../../release/held-words.ts';
import { stepOf } from '../../release/plan.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn, msSince, msUntil } from '../deadline.ts';
import { isOn, readFleet } from '../fleet.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { fellBack } from '../reapply.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Waits for the owner's word. The disk still names the old side: until then a reload is a rollback. */
export const awaitingAcceptance: Stage = { name: 'awaiting_acceptance', run };

async function run(context: RunContext): Promise<Outcome> {
  const step = stepOf(context.release.plan, 'accept');
  if (step === undefined || context.release.acceptedBy !== undefined) return passed;
  if (step.by === 'auto' && context.release.inconclusive.length === 0) {
    context.record({ kind: 'accepted' }, system('auto'));
    return passed;
  }
  const { clock } = context.deps;
  if (context.release.deadline === undefined || context.release.deadline === null) {
    const deadline = step.expiresMs === null ? null : deadlineIn(clock, step.expiresMs);
    context.record({ kind: 'acceptance_awaited', remindMs: step.remindMs, deadline });
  }
  return waitForWord(context, step.remindMs);
}

async function waitForWord(context: RunContext, remindMs: number): Promise<Outcome> {
  const { clock, config } = context.deps;
  const { everyMs } = config.drift;
  for (let since = clock.now(); ; ) {
    const { acceptedBy, deadline } = context.release;
    if (acceptedBy !== undefined) return passed;
    if (context.signal.aborted) return interrupted;
    const fallen = await whoFellBack(context);
    if (context.release.acceptedBy !== undefined) return passed;
    if (context.signal.aborted) return interrupted;
    if (fallen !== undefined) return fellBack(context, fallen);
    if (deadline && msUntil(clock, deadline) === 0) return expired();
    if (msSince(clock, since) >= remindMs) {
      context.record({ kind: 'reminded' }, system('reminder'));
      since = clock.now();
    }
    const left = deadline ? msUntil(clock, deadline) : Number.POSITIVE_INFINITY;
    await context.rest(Math.min(left, remindMs - msSince(clock, since), everyMs));
  }
}

/** Every drift round while it waits: a node that left the new side, in words. A silent node is no proof of that. */
async function whoFellBack(context: RunContext): Promise<string | undefined> {
  const { plan, workers } = context.release;
  const readings = await readFleet(context.route, plan.target, context.signal);
  const off = readings.filter((r) => r.kind === 'reached' && !r.stopping && !isOn(r, plan.to));
  if (off.length === 0) return undefined;
  return off
    .map((reading) => {
      if (reading.kind === 'unreachable') return '';
      const { node, worker, memory } = reading;
      const reloaded = workers[node] !== undefined && workers[node].pid !== worker.pid;
      const when = new Date(worker.startedAt * 1000).toISOString().slice(11, 16);
      return reloaded
        ? `${node} reloaded at ${when} UTC and is back on ${heldWords(memory)}`
        : `${node} was changed by another hand and holds ${heldWords(memory)}`;
    })
    .join('; ');
}

function expired(): Outcome {
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: 'Nobody accepted it before acceptance.expires.',
    by: system('acceptance-expired'),
  };
}
