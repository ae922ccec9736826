import { heldWords } from '../../release/held-words.ts';
import { stepOf } from '../../release/plan.ts';
import type { ReachedNode, Worker } from '../../release/reading.ts';
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
  let since = clock.now();
  for (;;) {
    const fallen = await whoFellBack(context);
    const decided = decidedNow(context, fallen);
    if (decided !== undefined) return decided;
    if (msSince(clock, since) >= remindMs) {
      context.record({ kind: 'reminded' }, system('reminder'));
      since = clock.now();
    }
    const untilReminder = remindMs - msSince(clock, since);
    await context.rest(Math.min(msLeft(context), untilReminder, everyMs));
  }
}

/** A person's word first, then what the nodes show, then the deadline; undefined: wait on. */
function decidedNow(context: RunContext, fallen: string | undefined): Outcome | undefined {
  if (context.release.acceptedBy !== undefined) return passed;
  if (context.signal.aborted) return interrupted;
  if (fallen !== undefined) return fellBack(context, fallen);
  return msLeft(context) === 0 ? expired() : undefined;
}

function msLeft({ release, deps }: RunContext): number {
  const { deadline } = release;
  return deadline ? msUntil(deps.clock, deadline) : Number.POSITIVE_INFINITY;
}

/** Every drift round while it waits: a node that left the new side, in words. A silent node is no proof of that. */
async function whoFellBack(context: RunContext): Promise<string | undefined> {
  const { plan, workers } = context.release;
  const readings = await readFleet(context.route, plan.target, context.signal);
  const off = readings.filter((r) => r.kind === 'reached' && !r.stopping && !isOn(r, plan.to));
  if (off.length === 0) return undefined;
  return off
    .flatMap((r) => (r.kind === 'reached' ? [whatHappened(r, workers[r.node])] : []))
    .join('; ');
}

function whatHappened({ node, worker, memory }: ReachedNode, before: Worker | undefined): string {
  if (before === undefined || before.pid === worker.pid) {
    return `${node} was changed by another hand and holds ${heldWords(memory)}`;
  }
  const when = new Date(worker.startedAt * 1000).toISOString().slice(11, 16);
  return `${node} reloaded at ${when} UTC and is back on ${heldWords(memory)}`;
}

function expired(): Outcome {
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: 'Nobody accepted it before acceptance.expires.',
    by: system('acceptance-expired'),
  };
}
