import { heldWords } from '../release/held-words.ts';
import type { NodeStatus, Verdict } from '../release/node-status.ts';
import type { NodeReading, ReachedNode } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { isAfterAcceptance } from '../release/states.ts';

/** Memory, disk and desired of one node, and the verdict. Pure. */
export function judgeDrift(
  reading: NodeReading,
  state: ServiceState,
  open: Release | undefined,
): NodeStatus {
  const [verdict, sentence] = judgeNode(reading, state, open);
  return {
    node: reading.node,
    reading,
    desiredMemory: state.switchedTo,
    desiredDisk: state.accepted?.side,
    verdict,
    sentence,
  };
}

type Judged = readonly [Verdict, string];

function judgeNode(reading: NodeReading, state: ServiceState, open: Release | undefined): Judged {
  const { node } = reading;
  if (reading.kind === 'unreachable') {
    return ['unreachable', `${node} does not answer: ${reading.why}.`];
  }
  if (reading.stopping) return ['drifted', `${node} is being reloaded.`];
  const memory = heldWords(reading.memory);
  const wanted = state.switchedTo ?? heldWords(reading.disk);
  if (memory !== wanted) return ['drifted', `${node} has ${memory} in memory, not ${wanted}.`];
  return judgeDisk(reading, state, open);
}

/** Memory is as it should be; the disk may still be behind while a release is between switch and persist. */
function judgeDisk(reading: ReachedNode, state: ServiceState, open: Release | undefined): Judged {
  const { node } = reading;
  const disk = heldWords(reading.disk);
  const memory = heldWords(reading.memory);
  const wanted = state.accepted?.side ?? memory;
  if (disk === memory && disk === wanted) return ['in sync', ''];
  if (disk === wanted) {
    return [
      'unpersisted',
      `${node} has ${memory} in memory, ${disk} on disk until it is accepted.`,
    ];
  }
  const beingWritten =
    open !== undefined && isAfterAcceptance(open.state) && disk === open.plan.from;
  if (beingWritten) return ['unpersisted', `${node}: the map file is being written.`];
  return ['drifted', `${node} has ${disk} on disk, not ${wanted}: a reload would bring that back.`];
}
