import type { NodeName, ServiceName } from './vocabulary.ts';

/** How one node has one service, compared with what the configuration says of it. */
export interface NodeCheck {
  readonly service: ServiceName;
  readonly node: NodeName;
  /** HAProxy's version; undefined where it did not answer. */
  readonly version: string | undefined;
  /** The side in memory and on disk, in words; undefined where the route keeps none, or nobody answered. */
  readonly memory: string | undefined;
  readonly disk: string | undefined;
  /** Servers that take users, of those that count: `blue 2/2, green 0/2`. */
  readonly servers: string;
  /** What keeps Pointsman from moving the service there, or users from being served. A sentence each. */
  readonly problems: readonly string[];
  /** What is no fault and will be asked about: a side that is not started. */
  readonly notes: readonly string[];
}
