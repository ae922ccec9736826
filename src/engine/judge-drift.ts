import { heldWords } from '../release/held-words.ts';
import type { NodeStatus, Verdict } from '../release/node-status.ts';
import type { Held, NodeReading, ReachedNode } from '../release/reading.ts';
import { isSideRelease, type Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { silentWords } from '../release/silent-words.ts';
import { isAfterAcceptance } from '../release/states.ts';
import type { RouteTraits } from '../release/target.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';

/** By what a node is judged. */
export interface WantedFacts {
  readonly state: ServiceState;
  readonly open: Release | undefined;
  readonly traits: Pick<RouteTraits, 'disk'>;
}

/** The side that the node's next worker should start with; undefined where nobody has said, or nothing is kept. */
function wantedOnDisk({ state, traits }: WantedFacts): Side | undefined {
  if (traits.disk === 'none') return undefined;
  return traits.disk === 'with_memory' ? state.switchedTo : state.accepted?.side;
}

/** Memory, disk and desired of one node, and the verdict. Pure. */
export function judgeDrift(reading: NodeReading, facts: WantedFacts): NodeStatus {
  const [verdict, sentence] = judgeNode(reading, facts);
  return {
    node: reading.node,
    reading,
    desiredMemory: facts.state.switchedTo,
    desiredDisk: wantedOnDisk(facts),
    verdict,
    sentence,
  };
}

type Judged = readonly [Verdict, string];

function judgeNode(reading: NodeReading, facts: WantedFacts): Judged {
  const { node } = reading;
  if (reading.kind === 'unreachable') {
    return ['unreachable', silentWords(node, reading.why)];
  }
  if (reading.stopping) return ['drifted', `${node} is being reloaded.`];
  const off = placesOff(reading, facts);
  if (off.length > 0) return ['drifted', off.map(({ sentence }) => sentence).join(' ')];
  const disk = heldWords(reading.disk);
  const memory = heldWords(reading.memory);
  if (disk === memory || reading.disk.kind === 'none') return ['in sync', ''];
  if (isBeingWritten(reading, facts)) {
    return ['unpersisted', `${node}: the map file is being written.`];
  }
  return ['unpersisted', `${node} has ${memory} in memory, ${disk} on disk until it is accepted.`];
}

/** A place of a node that does not hold what it should. */
export interface PlaceOff {
  readonly place: 'memory' | 'disk';
  /** What it should hold; undefined where nobody has ever said and no place names a side. */
  readonly wanted: Side | undefined;
  readonly found: Held;
  /** One sentence: what is there, what should be. */
  readonly sentence: string;
}

/** What is not as it should be, of memory and disk; none where both are, or the disk is meant to be behind. */
export function placesOff(reading: ReachedNode, facts: WantedFacts): readonly PlaceOff[] {
  const { node, memory, disk } = reading;
  const inMemory = sideOf(facts.state.switchedTo, disk, memory);
  const onDisk = sideOf(wantedOnDisk(facts), disk, memory);
  const off: PlaceOff[] = [];
  if (!holds(memory, inMemory)) {
    const sentence = offSentence(node, memory, 'in memory', inMemory);
    off.push({ place: 'memory', wanted: inMemory, found: memory, sentence });
  }
  if (disk.kind !== 'none' && !holds(disk, onDisk) && !isBeingWritten(reading, facts)) {
    const sentence = offSentence(node, disk, 'on disk', onDisk);
    off.push({ place: 'disk', wanted: onDisk, found: disk, sentence });
  }
  return off;
}

/** The side that was decided; where nobody ever did, the one that the file names, or else the memory. */
function sideOf(decided: Side | undefined, ...places: readonly Held[]): Side | undefined {
  return decided ?? places.find((held) => held.kind === 'side')?.side;
}

/** Memory is where it should be and the file is about to be: the release is writing it. */
function isBeingWritten({ disk }: ReachedNode, { state, open }: WantedFacts): boolean {
  if (open === undefined || !isSideRelease(open)) return false;
  if (!isAfterAcceptance(open.state) || disk.kind !== 'side') return false;
  return disk.side === open.plan.from && state.accepted?.side !== disk.side;
}

function holds(held: Held, side: Side | undefined): boolean {
  return held.kind === 'side' && held.side === side;
}

function offSentence(
  node: NodeName,
  held: Held,
  where: 'in memory' | 'on disk',
  wanted: Side | undefined,
): string {
  const not = wanted === undefined ? '' : `, not ${wanted}`;
  const fall =
    where === 'on disk' && held.kind === 'side' ? ': a reload would bring that back' : '';
  switch (held.kind) {
    case 'missing':
      return `${node} has no entry for the key ${where}${wanted === undefined ? '' : `, it should name ${wanted}`}.`;
    case 'duplicate':
      return `${node} has the key ${held.values.length} times ${where} (${held.values.join(', ')}): which one counts is HAProxy's choice.`;
    case 'unreadable':
      return `${node} cannot be read ${where}: ${held.why}.`;
    default:
      return `${node} has ${heldWords(held)} ${where}${not}${fall}.`;
  }
}
