import { heldWords } from '../release/held-words.ts';
import type { DriftSeen } from '../release/journal-entry.ts';
import type { NodeReading, ReachedNode, Worker } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import type { NodeName } from '../release/vocabulary.ts';
import { judgeDrift } from './judge-drift.ts';

/** What was last known of a node: an event is told when this changes. */
export interface Seen {
  readonly reached: boolean;
  readonly worker?: Worker;
  readonly memory: string;
  readonly disk: string;
  readonly drifted: boolean;
}

export type DriftEvent = DriftSeen & {
  readonly kind: 'external_change' | 'drift_seen';
  readonly node: NodeName;
};

export interface DriftFacts {
  readonly state: ServiceState;
  readonly open: Release | undefined;
}

/** What one round of readings tells that the round before did not. Pure. */
export function driftEvents(
  before: ReadonlyMap<NodeName, Seen>,
  readings: readonly NodeReading[],
  facts: DriftFacts,
): { readonly seen: ReadonlyMap<NodeName, Seen>; readonly events: readonly DriftEvent[] } {
  const seen = new Map<NodeName, Seen>();
  const events: DriftEvent[] = [];
  for (const reading of readings) {
    const last = before.get(reading.node);
    const now = seenOf(reading, last, facts);
    seen.set(reading.node, now);
    const event = eventOf(reading, last, now, facts);
    if (event !== undefined) events.push(event);
  }
  return { seen, events };
}

function seenOf(reading: NodeReading, last: Seen | undefined, facts: DriftFacts): Seen {
  if (reading.kind === 'unreachable') {
    const nothing = { memory: '', disk: '', drifted: false };
    return { ...(last ?? nothing), reached: false };
  }
  return {
    reached: true,
    worker: reading.worker,
    memory: heldWords(reading.memory),
    disk: heldWords(reading.disk),
    drifted: judgeDrift(reading, facts.state, facts.open).verdict === 'drifted',
  };
}

function eventOf(
  reading: NodeReading,
  last: Seen | undefined,
  now: Seen,
  facts: DriftFacts,
): DriftEvent | undefined {
  if (reading.kind === 'unreachable') {
    if (last?.reached === false) return undefined;
    return drift(reading.node, 'reach', `${reading.node} does not answer: ${reading.why}`);
  }
  if (reading.stopping) return undefined;
  return (
    reloaded(reading, last, now, facts) ??
    changed(reading, last, now, facts) ??
    back(reading, last, now)
  );
}

/** Another worker answers: it has read the map file anew. */
function reloaded(
  reading: ReachedNode,
  last: Seen | undefined,
  now: Seen,
  facts: DriftFacts,
): DriftEvent | undefined {
  if (last?.worker === undefined || last.worker.pid === reading.worker.pid) return undefined;
  const { node, worker } = reading;
  const when = new Date(worker.startedAt * 1000).toISOString().slice(11, 16);
  const desired = facts.state.switchedTo;
  const fell = desired !== undefined && now.memory !== desired;
  const sentence = fell
    ? `${node} reloaded at ${when} UTC and is back on ${now.memory}, not ${desired}.`
    : `${node} reloaded at ${when} UTC and is on ${now.memory}, as it should be.`;
  return { ...drift(node, 'worker', sentence), ...choiceOf(reading, facts) };
}

/** Memory or disk is elsewhere than it should be, and was not, or elsewhere again, the round before. */
function changed(
  reading: ReachedNode,
  last: Seen | undefined,
  now: Seen,
  facts: DriftFacts,
): DriftEvent | undefined {
  if (!now.drifted || sameAs(last, now)) return undefined;
  const { node } = reading;
  const { sentence } = judgeDrift(reading, facts.state, facts.open);
  const memoryOff = facts.state.switchedTo !== undefined && now.memory !== facts.state.switchedTo;
  const byOther = last !== undefined && memoryOff && last.memory !== now.memory;
  return {
    ...drift(
      node,
      memoryOff ? 'memory' : 'disk',
      byOther ? `Another hand changed the map: ${sentence}` : sentence,
    ),
    kind: byOther ? 'external_change' : 'drift_seen',
    ...choiceOf(reading, facts),
  };
}

function sameAs(last: Seen | undefined, now: Seen): boolean {
  return last?.drifted === true && last.memory === now.memory && last.disk === now.disk;
}

function back({ node }: ReachedNode, last: Seen | undefined, now: Seen): DriftEvent | undefined {
  if (last === undefined) return undefined;
  if (!last.reached) {
    return drift(node, 'reach', `${node} answers again and is on ${now.memory}.`);
  }
  if (last.drifted && !now.drifted)
    return drift(node, 'memory', `${node} is in sync again, on ${now.memory}.`);
  return undefined;
}

function drift(node: NodeName, what: string, sentence: string): DriftEvent {
  return { kind: 'drift_seen', node, what, sentence };
}

/** Re-apply or accept: offered where no release is open and the node runs on the other side. */
function choiceOf(
  { memory }: ReachedNode,
  { state, open }: DriftFacts,
): Pick<DriftEvent, 'choice'> {
  const desired = state.switchedTo;
  if (open !== undefined || desired === undefined || memory.kind !== 'side') return {};
  return { choice: { reapply: desired, accept: memory.side } };
}
