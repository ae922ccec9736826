import { counted } from '../release/counted.ts';
import type { GateReport } from '../release/journal-entry.ts';
import type { BakePlan } from '../release/plan.ts';
import type { NodeReading, ReachedNode } from '../release/reading.ts';
import { type NodeName, otherSide, type Side } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';

/** Milliseconds by which the new side's time must exceed the old one's before a factor means anything. */
const noiseMs = 10;

/** The watched window of one node: begins anew whenever the counters went down (a reload). */
interface NodeWindow {
  readonly first: ReachedNode;
  readonly last: ReachedNode;
}

export type BakeVerdict =
  | { readonly kind: 'good'; readonly gates: readonly GateReport[] }
  | { readonly kind: 'bad'; readonly gates: readonly GateReport[] }
  | { readonly kind: 'inconclusive'; readonly gates: readonly GateReport[] };

/** What the bake has seen so far. A value: every reading gives a new one. */
export interface BakeWindow {
  readonly nodes: ReadonlyMap<NodeName, NodeWindow>;
  readonly restarts: number;
}

export const emptyWindow: BakeWindow = { nodes: new Map(), restarts: 0 };

/** The window after one more round of readings. */
export function observe(
  window: BakeWindow,
  readings: readonly NodeReading[],
  side: Side,
): BakeWindow {
  const nodes = new Map(window.nodes);
  let { restarts } = window;
  for (const reading of readings) {
    if (reading.kind === 'unreachable') continue;
    const seen = nodes.get(reading.node);
    const wentDown = seen !== undefined && isAnew(seen.last, reading, side);
    if (wentDown) restarts += 1;
    nodes.set(reading.node, {
      first: seen === undefined || wentDown ? reading : seen.first,
      last: reading,
    });
  }
  return { nodes, restarts };
}

function isAnew(before: ReachedNode, now: ReachedNode, side: Side): boolean {
  return (
    !isSameWorker(now.worker, before.worker) ||
    now.sides[side].counters.stot < before.sides[side].counters.stot
  );
}

export interface BakeNumbers {
  readonly requests: number;
  readonly errors: number;
  /** Weighted by requests, milliseconds; null without requests. */
  readonly time: number | null;
  /** Of the old side's last requests, milliseconds; null where it had none. */
  readonly oldTime: number | null;
}

/** Requests, errors and times over all nodes since the window's beginning. */
export function numbersOf(window: BakeWindow, side: Side): BakeNumbers {
  const rows = [...window.nodes.values()].map(({ first, last }) => {
    const requests = last.sides[side].counters.stot - first.sides[side].counters.stot;
    const old = first.sides[otherSide(side)].counters;
    return {
      requests,
      errors: last.sides[side].counters.hrsp5xx - first.sides[side].counters.hrsp5xx,
      time: last.sides[side].counters.ttime,
      oldRequests: old.stot,
      oldTime: old.ttime,
    };
  });
  const requests = sum(rows.map((r) => r.requests));
  const oldRequests = sum(rows.map((r) => r.oldRequests));
  return {
    requests,
    errors: sum(rows.map((r) => r.errors)),
    time: requests === 0 ? null : sum(rows.map((r) => r.time * r.requests)) / requests,
    oldTime:
      oldRequests === 0 ? null : sum(rows.map((r) => r.oldTime * r.oldRequests)) / oldRequests,
  };
}

/** Judges the numbers against the plan's limits. Too few requests say nothing. */
export function judgeBake(numbers: BakeNumbers, limits: BakePlan): BakeVerdict {
  const { requests, errors } = numbers;
  if (requests < limits.minimumRequests) {
    const sentence = `Only ${requests} of at least ${counted(limits.minimumRequests, 'request')} came during the bake`;
    return { kind: 'inconclusive', gates: [{ gate: 'bake', result: 'inconclusive', sentence }] };
  }
  const gates = [
    errorGate(errors / requests, errors, requests, limits),
    latencyGate(numbers, limits),
  ];
  if (gates.some(({ result }) => result === 'failed')) return { kind: 'bad', gates };
  if (gates.some(({ result }) => result === 'inconclusive')) return { kind: 'inconclusive', gates };
  return { kind: 'good', gates };
}

function errorGate(rate: number, errors: number, requests: number, limits: BakePlan): GateReport {
  return {
    gate: 'error rate',
    result: rate > limits.errorRate ? 'failed' : 'successful',
    sentence: `${errors} of ${requests} answers were 5xx (${percent(rate)}, limit ${percent(limits.errorRate)})`,
  };
}

function latencyGate({ time, oldTime }: BakeNumbers, limits: BakePlan): GateReport {
  const gate = 'latency';
  if (time === null || oldTime === null) {
    return {
      gate,
      result: 'inconclusive',
      sentence: 'The old side had no requests to compare times with',
    };
  }
  const limit = Math.max(oldTime * limits.latency, oldTime + noiseMs);
  return {
    gate,
    result: time > limit ? 'failed' : 'successful',
    sentence: `${Math.round(time)} ms on average, ${Math.round(oldTime)} ms on the old side (limit ${Math.round(limit)} ms)`,
  };
}

function percent(rate: number): string {
  return `${Math.round(rate * 10_000) / 100}%`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
