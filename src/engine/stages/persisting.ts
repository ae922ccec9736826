import { heldWords, valueWords } from '../../release/held-words.ts';
import { joined } from '../../release/joined.ts';
import type { Observed } from '../../release/plan.ts';
import type { NodeReading } from '../../release/reading.ts';
import { wordsOf } from '../../release/target.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import { isOn, onEveryNode, readFleet, willStartOn } from '../fleet.ts';
import { type Outcome, passed } from '../outcome.ts';
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
  const written = await onEveryNode(
    off.map(({ node }) => node),
    (node) => persistOn(context, node, before, to),
  );
  const failures = written.flatMap((one) => (one === undefined ? [] : [one]));
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

async function persistOn(
  context: RunContext,
  node: NodeName,
  readings: readonly NodeReading[],
  to: Side,
): Promise<NotPersisted | undefined> {
  const reading = readings.find((r) => r.node === node);
  const words = wordsOf(context.release.plan.target);
  const before = reading?.disk === undefined ? undefined : valueWords(reading.disk, words);
  context.recordAll([
    {
      node,
      ...(before === undefined ? {} : { before }),
      after: words[to],
      what: { kind: 'intent', effect: 'disk', to, why: 'persist' },
    },
  ]);
  try {
    await context.route.persist(node, to, plannedFile(context, node));
    return undefined;
  } catch (error) {
    context.deps.complain(error, `writing the map file of ${node}`);
    return { node, why: error instanceof Error ? error.message : String(error) };
  }
}
