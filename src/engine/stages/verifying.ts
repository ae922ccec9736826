import { heldWords } from '../../release/held-words.ts';
import { joined } from '../../release/joined.ts';
import type { NodeReading } from '../../release/reading.ts';
import type { SideRelease } from '../../release/release.ts';
import type { Side } from '../../release/vocabulary.ts';
import { system } from '../../release/vocabulary.ts';
import { readFleet } from '../fleet.ts';
import { outcomeOfHook } from '../hook-outcome.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import { closeIntents } from '../reconcile.ts';
import type { RunContext } from '../run-context.ts';
import { runHook, sideOfHook } from '../run-hook.ts';
import type { Stage } from '../stage.ts';
import { takeOver } from '../take-over.ts';

/** Reads every node back on new connections, closes its intent, then reads the whole fleet once more. */
export const verifying: Stage = { name: 'verifying', run };

async function run(context: RunContext): Promise<Outcome> {
  const readings = await readFleet(context.route, context.release.plan.target);
  if (context.signal.aborted) return interrupted;
  closeIntents(
    context,
    'memory',
    readings.filter((r) => r.kind === 'reached'),
  );
  const first = notAsSwitched(context.release, readings);
  if (first !== undefined) return notVerified(context, first);
  const again = await readFleet(context.route, context.release.plan.target);
  if (context.signal.aborted) return interrupted;
  const second = notAsSwitched(context.release, again);
  if (second !== undefined) return notVerified(context, second);
  const { to, target } = context.release.plan;
  const { length } = target.nodes;
  const sentence =
    length === 1
      ? `The node was read back twice and holds ${to}.`
      : `All ${length} nodes were read back twice and hold ${to}.`;
  context.record({ kind: 'verified', sentence });
  return afterSwitch(context);
}

/** Only a release that moves forward runs it: the others have it not in their plan. */
async function afterSwitch(context: RunContext): Promise<Outcome> {
  const point = 'after_switch';
  const end = await runHook(context, point, { side: sideOfHook(context, point) });
  return outcomeOfHook(context, point, end) ?? passed;
}

/** After acceptance there is no way back: what differs is brought forward. Before it, everything goes back. */
async function notVerified(context: RunContext, why: string): Promise<Outcome> {
  if (context.release.acceptedBy !== undefined) return takeOver(context);
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `Reading back did not show the switch (${why}).`,
    by: system('verify'),
  };
}

function notAsSwitched(release: SideRelease, readings: readonly NodeReading[]): string | undefined {
  const { to } = release.plan;
  const off = readings.flatMap((reading) => {
    const why = whyNotOn(reading, to) ?? otherWorker(release, reading);
    return why === undefined ? [] : [`${reading.node}: ${why}`];
  });
  return off.length === 0 ? undefined : joined(off);
}

function whyNotOn(reading: NodeReading, to: Side): string | undefined {
  if (reading.kind === 'unreachable') return reading.why;
  const { memory } = reading;
  if (memory.kind === 'side' && memory.side === to) return undefined;
  return `it holds ${heldWords(memory)}`;
}

/** The worker that was checked must be the worker that serves: another one has read the map file anew. */
function otherWorker({ workers }: SideRelease, reading: NodeReading): string | undefined {
  if (reading.kind === 'unreachable') return undefined;
  if (reading.stopping) return 'its worker is being replaced by a reload';
  const expected = workers[reading.node];
  if (expected === undefined) return undefined;
  const { pid, startedAt } = reading.worker;
  if (pid === expected.pid && startedAt === expected.startedAt) return undefined;
  return `it was reloaded: worker ${pid} answers, ${expected.pid} was checked`;
}
