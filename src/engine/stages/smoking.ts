import { counted } from '../../release/counted.ts';
import { joined } from '../../release/joined.ts';
import type { GateReport } from '../../release/journal-entry.ts';
import type { SmokeCheck } from '../../release/plan.ts';
import { stepOf } from '../../release/plan.ts';
import type { NodeReading, ReachedNode } from '../../release/reading.ts';
import { traitsOf } from '../../release/target.ts';
import { type NodeName, otherSide, type Side, system } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import { isOn, nodesOf, onEveryNode, readFleet } from '../fleet.ts';
import { recordGates } from '../gate-rows.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import type { Stage } from '../stage.ts';

/** Sends real requests through each node's own frontend and proves by HAProxy's counters where they went. */
export const smoking: Stage = { name: 'smoking', run };

async function run(context: RunContext): Promise<Outcome> {
  const { plan } = context.release;
  const checks = stepOf(plan, 'smoke')?.checks ?? [];
  const before = await readFleet(context.route, plan.target, context.signal);
  if (context.signal.aborted) return interrupted;
  const answers = (
    await onEveryNode(nodesOf(plan.target), (node) => askThrough(context, node, checks))
  ).flat();
  const after = await readAfter(context, before);
  if (context.signal.aborted) return interrupted;
  const proofs = before.map((reading, i) =>
    proofOf(context, reading, after[i] as NodeReading, checks.length),
  );
  const gates = [...answers, ...proofs];
  recordGates(context, { kind: 'smoked', gates });
  const bad = gates.filter(({ result }) => result === 'failed' || result === 'error');
  if (bad.length === 0) return passed;
  return {
    kind: 'goes_back',
    end: 'rolled_back',
    why: `The smoke test did not hold: ${joined(bad.map(({ sentence }) => sentence))}.`,
    by: system('smoke'),
  };
}

/** Who else uses the sides is asked only where the old one still rose: to know it, a whole map may have to be read. */
async function readAfter(
  context: RunContext,
  before: readonly NodeReading[],
): Promise<readonly NodeReading[]> {
  const { plan } = context.release;
  const after = await readFleet(context.route, plan.target, context.signal);
  const rose = before.map((reading, i) => hasRisen(reading, after[i], otherSide(plan.to)));
  return Promise.all(
    after.map(async (reading, i) => {
      if (rose[i] !== true || reading.kind !== 'reached') return reading;
      const whole = await context.route.read(reading.node, context.signal, 'whole');
      const users = whole.kind === 'reached' ? whole.sharedWith : undefined;
      return users === undefined ? reading : { ...reading, sharedWith: users };
    }),
  );
}

function hasRisen(before: NodeReading, after: NodeReading | undefined, side: Side): boolean {
  return before.kind === 'reached' && after?.kind === 'reached' && rise(before, after, side) > 0;
}

async function askThrough(
  context: RunContext,
  name: NodeName,
  checks: readonly SmokeCheck[],
): Promise<readonly GateReport[]> {
  const node = context.release.plan.target.nodes.find((n) => n.node === name);
  if (node === undefined) throw new Error(`${name} is not in the plan of ${context.id}.`);
  const gates: GateReport[] = [];
  for (const check of checks) {
    const result = await context.deps.smoke(check, node, context.signal);
    gates.push({
      gate: `smoke ${check.name}`,
      node: name,
      result: result.kind === 'passed' ? 'successful' : result.kind,
      sentence: result.sentence,
    });
  }
  return gates;
}

/** Two samples of the same worker, both after every node had answered the switch. */
function proofOf(
  context: RunContext,
  before: NodeReading,
  after: NodeReading,
  sent: number,
): GateReport {
  const { to } = context.release.plan;
  const { node } = before;
  const gate = (result: GateReport['result'], sentence: string): GateReport => ({
    gate: 'counters',
    node,
    result,
    sentence: `${node}: ${sentence}`,
  });
  if (before.kind === 'unreachable' || after.kind === 'unreachable') {
    return gate('error', 'its counters could not be read');
  }
  if (!isOn(after, to)) return gate('failed', `it no longer has ${to} in memory`);
  if (!isSameWorker(before.worker, after.worker))
    return gate('failed', 'it was reloaded meanwhile');
  // Its counters say nothing of the worker that takes the new requests by now.
  if (after.stopping) return gate('failed', 'its worker is being replaced by a reload');
  const risen = rise(before, after, to);
  if (risen < sent) {
    return gate('failed', `${to} counted ${risen} of ${sent} smoke requests`);
  }
  return oldSide(context, before, after, gate, risen);
}

function oldSide(
  context: RunContext,
  before: ReachedNode,
  after: ReachedNode,
  gate: (result: GateReport['result'], sentence: string) => GateReport,
  risen: number,
): GateReport {
  const { to } = context.release.plan;
  const old = otherSide(to);
  const risenOld = rise(before, after, old);
  if (risenOld === 0)
    return gate(
      'successful',
      `HAProxy counted ${counted(risen, 'request')} to ${to}, none to ${old}`,
    );
  if (traitsOf(context.release.plan.target).sessionsStayMs !== undefined) {
    return gate(
      'successful',
      `HAProxy counted ${counted(risen, 'request')} to ${to}; ${old} keeps its users, ${risenOld} came there`,
    );
  }
  const { sharedWith = [] } = after;
  if (sharedWith.length > 0) {
    return gate(
      'inconclusive',
      `${old} still rose by ${risenOld}, and ${sharedWith.join(', ')} use the same backends`,
    );
  }
  return gate('failed', `${old} still got ${risenOld} new requests after the switch`);
}

function rise(before: ReachedNode, after: ReachedNode, side: Side): number {
  return after.sides[side].counters.stot - before.sides[side].counters.stot;
}
