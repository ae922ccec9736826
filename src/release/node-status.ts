import type { NodeReading, OldWorkers } from './reading.ts';
import type { NodeName, Side } from './vocabulary.ts';

/** Says whether a node is where it should be. `unpersisted` is no alarm: between switch and persist it is meant. */
export type Verdict = 'in sync' | 'unpersisted' | 'drifted' | 'unreachable';

export interface NodeStatus {
  readonly node: NodeName;
  readonly reading: NodeReading;
  readonly desiredMemory: Side | undefined;
  readonly desiredDisk: Side | undefined;
  readonly verdict: Verdict;
  /** One sentence where the verdict is not `in sync`. */
  readonly sentence: string;
  /** Absent where the node's master is not configured. */
  readonly oldWorkers?: OldWorkers;
}
