import { counted } from '../release/counted.ts';
import { heldWords, sameHeld } from '../release/held-words.ts';
import type { GateReport } from '../release/journal-entry.ts';
import type { Observed, SidePlan } from '../release/plan.ts';
import { stepOf } from '../release/plan.ts';
import {
  type BackendReading,
  type NodeReading,
  partsOf,
  type ReachedNode,
} from '../release/reading.ts';
import {
  countedServers,
  fitnessOf,
  servingServers,
  unfitWords,
} from '../release/server-fitness.ts';
import type { NodeName } from '../release/vocabulary.ts';

/** Judges one node before the switch. Pure: every gate reports, also where an earlier one failed. */
export function judgeNode(plan: SidePlan, reading: NodeReading): readonly GateReport[] {
  const standing = judgeStanding(reading);
  return reading.kind === 'unreachable' ? standing : [...standing, ...target(plan, reading)];
}

/** What must hold on a node whichever side a release goes to. */
export function judgeStanding(reading: NodeReading): readonly GateReport[] {
  if (reading.kind === 'unreachable') {
    return [gate(reading.node, 'reachable', false, `does not answer: ${reading.why}`)];
  }
  return [
    gate(reading.node, 'reachable', true, 'answers'),
    admin(reading),
    notStopping(reading),
    oneSide(reading),
    fileWritable(reading.node, reading.diskObstacle),
    ...own(reading),
  ];
}

function admin({ node, level }: ReachedNode): GateReport {
  return gate(
    node,
    'admin level',
    level === 'admin',
    level === 'admin'
      ? 'the socket has level admin'
      : `the socket has level ${level}; write "level admin" on its stats socket line`,
  );
}

function notStopping({ node, stopping }: ReachedNode): GateReport {
  return gate(
    node,
    'not stopping',
    !stopping,
    stopping ? 'the worker that answers is being replaced by a reload' : 'the worker stays',
  );
}

function oneSide({ node, memory }: ReachedNode): GateReport {
  return gate(node, 'one side, known', memory.kind === 'side', `in memory: ${heldWords(memory)}`);
}

/** What could not be persisted after acceptance is better known before the switch. */
export function fileWritable(node: NodeName, obstacle: string | undefined): GateReport {
  return gate(
    node,
    'file writable',
    obstacle === undefined,
    obstacle === undefined ? 'its file can be written' : `its file cannot be written: ${obstacle}`,
  );
}

/** What only this route asks for. */
function own({ node, ownGates = [] }: ReachedNode): readonly GateReport[] {
  return ownGates.map(({ gate: name, holds, sentence }) => gate(node, name, holds, sentence));
}

/** Every backend of the target side takes some of the traffic: each of them must be able to. */
function target(plan: SidePlan, reading: ReachedNode): readonly GateReport[] {
  const to = partsOf(reading.sides[plan.to]);
  const from = partsOf(reading.sides[plan.from]);
  const { node } = reading;
  const paired = to.length === from.length;
  const gates = to.flatMap((backend, i) => {
    if (!backend.exists) return [missing(node, backend)];
    const old = paired ? from[i] : undefined;
    return [
      gate(node, 'backend exists', true, `backend ${backend.backend} is there`),
      healthyServers(plan, node, backend),
      ...(old === undefined ? [] : [capacity(node, backend, old)]),
    ];
  });
  // Backends that have no counterpart are compared as a whole.
  const { [plan.to]: whole, [plan.from]: old } = reading.sides;
  return paired || !whole.exists ? gates : [...gates, capacity(node, whole, old)];
}

function missing(node: NodeName, { backend }: BackendReading): GateReport {
  const sentence = `there is no backend ${backend}: a switch to it answers 503`;
  return gate(node, 'backend exists', false, sentence);
}

function healthyServers(plan: SidePlan, node: NodeName, side: BackendReading): GateReport {
  const wanted = stepOf(plan, 'preflight')?.minimumHealthy ?? 'all';
  const healthy = servingServers(side).length;
  const all = countedServers(side);
  const enough = wanted === 'all' ? all.length : wanted;
  // What a person took out, or what has not settled, is waited for, whatever number would be enough.
  const unsettled = all.some((server) => ['out', 'wavers'].includes(fitnessOf(server)));
  const holds = healthy > 0 && healthy >= enough && !unsettled;
  const others = unfitWords(side);
  return gate(
    node,
    'servers healthy',
    holds,
    `${healthy} of ${counted(all.length, 'server')} of ${side.backend} healthy, ${wanted} needed${others.length === 0 ? '' : `: ${others.join(', ')}`}`,
  );
}

/** Room on the target for what the active side carries now; null limit = unlimited. */
function capacity(node: NodeName, to: BackendReading, from: BackendReading): GateReport {
  const up = servingServers(to);
  if (up.some(({ limit }) => limit === null)) {
    return gate(node, 'capacity', true, `${to.backend} has no session limit`);
  }
  const room = Math.floor(
    up.reduce((sum, { limit, throttle }) => sum + (limit ?? 0) * ((throttle ?? 100) / 100), 0),
  );
  const queued = from.queued > 0 ? `, ${from.queued} more are queued` : '';
  return gate(
    node,
    'capacity',
    room >= from.sessions,
    `room for ${counted(room, 'session')} on ${to.backend}, ${from.sessions} are on ${from.backend}${queued}`,
  );
}

function gate(node: NodeName, name: string, holds: boolean, sentence: string): GateReport {
  return {
    gate: name,
    node,
    result: holds ? 'successful' : 'failed',
    sentence: `${node}: ${sentence}`,
  };
}

/** Gates that compare the nodes: the same side in memory everywhere. */
export function judgeFleet(readings: readonly NodeReading[]): GateReport {
  const values = new Set(
    readings.map((r) => (r.kind === 'reached' ? heldWords(r.memory) : 'no answer')),
  );
  return {
    gate: 'same everywhere',
    result: values.size === 1 ? 'successful' : 'failed',
    sentence:
      values.size === 1
        ? `every node holds ${[...values][0]}`
        : `the nodes differ: ${[...values].join(', ')}`,
  };
}

/** What has changed since the plan was made, in words; undefined while the world stands as observed. */
export function worldMoved(plan: SidePlan, readings: readonly NodeReading[]): string | undefined {
  const moved = plan.observed.flatMap((before) => {
    const now = readings.find(({ node }) => node === before.node);
    return now?.kind === 'reached' ? changesOf(before, now) : [];
  });
  return moved.length === 0 ? undefined : moved.join('; ');
}

function changesOf(before: Observed, now: ReachedNode): readonly string[] {
  const places = (['memory', 'disk'] as const).flatMap((place) =>
    sameHeld(before[place], now[place])
      ? []
      : [`${now.node} ${place} was ${heldWords(before[place])}, now ${heldWords(now[place])}`],
  );
  return before.file === now.diskFile
    ? places
    : [
        ...places,
        `${now.node} file was ${before.file ?? 'at its own place'}, now ${now.diskFile ?? 'at its own place'}`,
      ];
}
