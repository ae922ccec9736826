import type { NodeName, ServerName, Side } from './vocabulary.ts';

/** Which process answered: a reload changes both. Source: `show info`, fields Pid and Start_time_sec. */
export interface Worker {
  readonly pid: number;
  readonly startedAt: number;
}

/** What a place that can name a side (memory or disk) names. */
export type Held =
  | { readonly kind: 'side'; readonly side: Side }
  /** A value that is neither of the two sides' backends. */
  | { readonly kind: 'foreign'; readonly value: string }
  /** The map is there, the key is not; of several keys: these are not. */
  | { readonly kind: 'missing'; readonly keys?: readonly string[] }
  /** The key stands there more than once. */
  | { readonly kind: 'duplicate'; readonly values: readonly string[] }
  /** Neither side whole, and nobody else's value: a switch that was cut short leaves it so. May be written over. */
  | { readonly kind: 'between'; readonly words: string }
  /** There is no such place: the route keeps nothing there. */
  | { readonly kind: 'none' }
  /** The map is not loaded, or the file cannot be read. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** A server's status, without the counts of checks that may stand behind it. */
export type StatusWord =
  | 'up'
  | 'no_check'
  | 'nolb'
  | 'down'
  | 'agent_down'
  | 'drain'
  | 'agent_drain'
  | 'maint'
  | 'inherited_maint'
  | 'unresolved'
  | 'unknown';

/** `healthy` is exactly status `UP` (or `no check`); `transitional` is `UP 1/3`, `DOWN 2/3`, or a check not yet run. */
export type ServerHealth =
  | 'healthy'
  | 'no_check'
  | 'transitional'
  | 'down'
  | 'drain'
  | 'maint'
  /** `MAINT (resolution)`: HAProxy's own doing, while it has no address for the server. */
  | 'unresolved'
  | 'unknown';

export interface ServerReading {
  readonly name: ServerName;
  readonly address: string;
  /** Status exactly as `show stat` prints it. */
  readonly status: string;
  /** The last check, e.g. `L7OK 200`; empty without checks. */
  readonly check: string;
  readonly word: StatusWord;
  readonly health: ServerHealth;
  /** `scur`. */
  readonly sessions: number;
  /** `slim`; null = unlimited. */
  readonly limit: number | null;
  /** `throttle`, percent while a server warms up; null = none. */
  readonly throttle: number | null;
  /** The smaller of the weight in force and the one that was set. */
  readonly weight: number;
  /** Serves only where no other server of the backend does. */
  readonly backup: boolean;
}

/** HAProxy's average total time of a row, which forgets 1/512 with each request: `ttime`, milliseconds, rounded up. */
export interface FadingAverage {
  /** `req_tot`: requests that have ended, since the worker started. */
  readonly requests: number;
  readonly ttime: number;
}

/** Counters of one side on one node; but for `perSecond` they only rise until a reload. */
export interface Counters {
  /** Requests that have begun. */
  readonly stot: number;
  /** Requests that have ended, each with its status; an unanswered one is not counted yet. */
  readonly ended: number;
  readonly hrsp5xx: number;
  /** `rate`: requests begun in the last second. */
  readonly perSecond: number;
  /** One of each BACKEND row; one per server where a side is made of servers. */
  readonly averages: readonly FadingAverage[];
}

export const noCounters: Counters = {
  stot: 0,
  ended: 0,
  hrsp5xx: 0,
  perSecond: 0,
  averages: [],
};

/** One backend of a side, or the side itself where it is only one, as one node sees it. */
export interface BackendReading {
  /** In HAProxy's names: a backend, or servers of one, `app (g1, g2)`. */
  readonly backend: string;
  /** False: this node has no such backend or server, and a switch to it would be an outage. */
  readonly exists: boolean;
  readonly servers: readonly ServerReading[];
  readonly counters: Counters;
  /** Sum over server rows of `scur`. */
  readonly sessions: number;
  /** Queued on the backend, shown but never counted. */
  readonly queued: number;
  /** HAProxy's own row for the backend says DOWN: it answers 503. */
  readonly isDown?: true;
  /** The route can let servers in again that it took out itself. */
  readonly letsIn?: true;
}

/** One side as one node sees it. Of several backends everything is the sum, `exists` means all of them, and servers are named with their backend. */
export interface SideReading extends BackendReading {
  readonly side: Side;
  /** Each of several backends by itself. Absent: the side is one backend, or servers of one. */
  readonly parts?: readonly BackendReading[];
}

/** The backends of a side, each by itself: every one of them serves some of the traffic, so what must hold must hold for each. */
export function partsOf(side: SideReading): readonly BackendReading[] {
  return side.parts ?? [side];
}

/** One node, read whole. Unreachable is a reading too: absence of an answer is a fact. */
export type NodeReading =
  | {
      readonly kind: 'unreachable';
      readonly node: NodeName;
      readonly why: string;
      /** What its file names, where that was read without HAProxy. */
      readonly disk?: Held;
    }
  | ReachedNode;

export interface ReachedNode {
  readonly kind: 'reached';
  readonly node: NodeName;
  readonly worker: Worker;
  /** HAProxy's version, as `show info` prints it. */
  readonly version: string;
  /** A reload has replaced this worker; it serves only what it still has. */
  readonly stopping: boolean;
  /** `show cli level`: admin, operator or user. */
  readonly level: string;
  readonly memory: Held;
  readonly disk: Held;
  /** Where the configured path of the file leads; absent where it stands there itself. */
  readonly diskFile?: string;
  /** Why the map file could not be written from here; undefined where it can. */
  readonly diskObstacle?: string;
  readonly sides: Readonly<Record<Side, SideReading>>;
  /** Gates of this route alone, of the node as it is. */
  readonly ownGates?: readonly OwnGate[];
  /**
   * Other keys of the same map that name one of the two backends: their traffic shows in the counters too. Absent where
   * the node was not read whole.
   */
  readonly sharedWith?: readonly string[];
}

/** What must hold on a node before this route may switch it. */
export interface OwnGate {
  readonly gate: string;
  readonly holds: boolean;
  /** What was expected, what was found, and where it does not hold what to do. Without the node's name. */
  readonly sentence: string;
}

/** Sessions left on one side of one node. */
export interface SessionCount {
  readonly node: NodeName;
  readonly sessions: number;
  /** Where a person would look: one line per connection or server that is left. */
  readonly stragglers: readonly string[];
  /** Requests this side has ever been given, where the route's sessions stay: rises while somebody still uses it. */
  readonly served?: number;
}

/** A worker that a reload has replaced and that is still there, because it still serves something. */
export interface OldWorker {
  readonly pid: number;
  /** What it still serves of each side of the service. */
  readonly sessions: Readonly<Record<Side, number>>;
}

/** The old workers of one node, as its master tells. No answer is a fact too: nobody knows. */
export type OldWorkers =
  | {
      readonly kind: 'known';
      readonly workers: readonly OldWorker[];
      /** True: shutting down a side's sessions cuts those on old workers, too. */
      readonly canBeCut?: boolean;
    }
  | { readonly kind: 'unknown'; readonly why: string };
