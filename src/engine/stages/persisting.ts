import { heldWords, valueWords } from '../../release/held-words.ts';
import { joined } from '../../release/joined.ts';
import type { Observed } from '../../release/plan.ts';
import type { NodeReading } from '../../release/reading.ts';
import { wordsOf } from '../../release/target.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import { perform } from '../effects/perform.ts';
import { isOn, readFleet, willStartOn } from '../fleet.ts';
import { type Outcome, passed } from '../outcome.ts';
import type { ActResult } from '../ports.ts';
import { closeIntents } from '../reconcile.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';
import { takeOver } from '../take-over.ts';

/** Writes the accepted side into every node's map file and reads it back. Only forward from here. */
export const persisting: Stage = { name: 'persisting', run };

async function run(context: RunContext): Promise<Outcome> {
  const { to } = context.release.plan;
  const written = await persistAll(context, to);
  if (written !== undefined) return written;
  const readings = await readFleet(context.route, context.release.plan.target);
  const fallen = readings.some((r) => !isOn(r, to));
  if (fallen) {
    const forward = await takeOver(context);
    if (forward.kind !== 'passed') return forward;
  }
  context.record({ kind: 'persisted' });
  return passed;
}

/** Brings every node's disk to one side; an outcome where one could not be. */
export async function persistAll(context: RunContext, to: Side): Promise<Outcome | undefined> {
  const before = await readFleet(context.route, context.target);
  closeIntents(context, 'disk', before);
  const off = before.filter((reading) => !willStartOn(reading, to));
  const failures = await persistOn(context, off, to);
  const after = await readFleet(context.route, context.target);
  closeIntents(context, 'disk', after);
  const missing = after.filter((reading) => !willStartOn(reading, to));
  if (missing.length === 0) return undefined;
  const why = missing.map((reading) => whyMissing(reading, failures));
  return {
    kind: 'needs_attention',
    why: `Accepted, but not persisted on every node: ${joined(why)}. A reload there would fall back.`,
    byHand: missing.flatMap(({ node }) => context.route.byHand(node, to, 'disk')),
  };
}

interface NotPersisted {
  readonly node: NodeName;
  readonly why: string;
}

function whyMissing(reading: NodeReading, failures: readonly NotPersisted[]): string {
  const { node, disk } = reading;
  const failure = failures.find((one) => one.node === node);
  if (failure !== undefined) return failure.why;
  return disk === undefined
    ? `${node} could not be read`
    : `the file of ${node} names ${heldWords(disk)}`;
}

/** The file that was approved. A settlement, and a plan made while the node was silent, take the one that is there. */
function plannedFile(context: RunContext, node: NodeName): Observed | undefined {
  const { plan, settling } = context.release;
  const observed = plan.observed.find((one) => one.node === node);
  return settling !== undefined || observed?.disk.kind === 'unreadable' ? undefined : observed;
}

/** Writes the file of every one of these nodes; where it could not be, why. */
async function persistOn(
  context: RunContext,
  readings: readonly NodeReading[],
  to: Side,
): Promise<readonly NotPersisted[]> {
  const words = wordsOf(context.release.plan.target);
  const performed = await perform(
    context,
    readings.map(({ node, disk }) => ({
      node,
      ...(disk === undefined ? {} : { before: valueWords(disk, words) }),
      after: words[to],
      what: { kind: 'intent', effect: 'disk', to, why: 'persist' },
      send: (gate): Promise<ActResult> =>
        context.route.persist(node, to, gate, plannedFile(context, node)).then(
          () => ({ kind: 'accepted' }),
          // A file of ours: nothing of it comes later, and the reading behind it says what is there.
          (error: unknown) => ({ kind: 'refused', why: messageOf(error) }),
        ),
    })),
  );
  const failed = performed.flatMap(({ node, result }) =>
    result.kind === 'accepted' ? [] : [{ node, why: result.why }],
  );
  for (const { node, why } of failed) {
    context.deps.reportError(new Error(why), `writing the map file of ${node}`);
  }
  return failed;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
