import { stepOf } from '../../release/plan.ts';
import type { Worker } from '../../release/reading.ts';
import { type NodeName, system } from '../../release/vocabulary.ts';
import { deadlineIn, msSince, msUntil } from '../deadline.ts';
import { fallenWords } from '../fallen-words.ts';
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
  if (!isAwaited(context)) {
    const deadline = step.expiresMs === null ? null : deadlineIn(clock, step.expiresMs);
    context.record({ kind: 'acceptance_awaited', remindMs: step.remindMs, deadline });
  }
  return waitForWord(context, step.remindMs);
}

/** People were told already, and the deadline runs: entered again after a clean stop. */
function isAwaited(context: RunContext): boolean {
  const rows = context.deps.journal.rowsOf(context.id);
  const told = rows.findLast(({ what }) => what.kind === 'acceptance_awaited');
  const entered = rows.findLast(({ what }) => what.kind === 'stage_entered');
  return told !== undefined && told.seq > (entered?.seq ?? 0);
}

async function waitForWord(context: RunContext, remindMs: number): Promise<Outcome> {
  const { clock, config } = context.deps;
  const { everyMs } = config.drift;
  const onNewSide = new Map<NodeName, Worker>();
  let since = clock.now();
  for (;;) {
    const fallen = await whoFellBack(context, onNewSide);
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
function decidedNow(context: RunContext, fallen: readonly Fallen[]): Outcome | undefined {
  if (context.release.acceptedBy !== undefined) return passed;
  if (context.signal.aborted) return interrupted;
  if (fallen.length > 0) {
    const why = `${fallen.map(({ words }) => words).join('; ')}.`;
    return fellBack(
      context,
      why,
      fallen.map(({ node }) => node),
    );
  }
  return msLeft(context) === 0 ? expired() : undefined;
}

function msLeft({ release, deps }: RunContext): number {
  const { deadline } = release;
  return deadline ? msUntil(deps.clock, deadline) : Number.POSITIVE_INFINITY;
}

/** A node that left the new side, and how. */
interface Fallen {
  readonly node: NodeName;
  readonly words: string;
}

/**
 * Every drift round while it waits: the nodes that left the new side, in words. A silent node is no proof of that.
 * `onNewSide`: the workers last seen there; after a Re-apply they are others than those that were checked.
 */
async function whoFellBack(
  context: RunContext,
  onNewSide: Map<NodeName, Worker>,
): Promise<readonly Fallen[]> {
  const { plan, workers } = context.release;
  const readings = await readFleet(context.route, plan.target, context.signal);
  const fallen: Fallen[] = [];
  for (const reading of readings) {
    if (reading.kind === 'unreachable' || reading.stopping) continue;
    const { node, worker } = reading;
    if (isOn(reading, plan.to)) onNewSide.set(node, worker);
    else fallen.push({ node, words: fallenWords(reading, onNewSide.get(node) ?? workers[node]) });
  }
  return fallen;
}

function expired(): Outcome {
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: 'Nobody accepted it before acceptance.expires.',
    by: system('acceptance-expired'),
  };
}
