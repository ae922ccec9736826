import type { BakePower } from './bake-facts.ts';
import type { HookRun } from './hook-run.ts';
import type { EffectKind, GateReport, Instant, Origin } from './journal-entry.ts';
import { type HookPoint, isSidePlan, type Plan, type ServersPlan, type SidePlan } from './plan.ts';
import type { Worker } from './reading.ts';
import type { OpenServersIntent, ServersProgress } from './servers-progress.ts';
import type { Settling } from './settling.ts';
import type { EndState, LiveState, ReleaseState } from './states.ts';
import type { Actor, NodeName, ReleaseId, ServiceName, Side } from './vocabulary.ts';

export interface Approval {
  readonly by: Actor;
  readonly at: string;
  readonly digest: string;
}

/** An effect whose end is not journaled yet. */
export interface OpenIntent {
  readonly seq: number;
  readonly effect: EffectKind;
  readonly node: NodeName;
  readonly to: Side;
  /** True after a result said `unknown`: the command may still be carried out. */
  readonly unknown: boolean;
  /** When it was begun, or, where it is unknown, when it was given up. */
  readonly at: Instant;
}

/** How far one node is, as the journal knows it. */
export interface NodeProgress {
  readonly memory: Side | 'unknown';
  /** `none`: the route keeps nothing there. */
  readonly disk: Side | 'unknown' | 'none';
}

/** One release as the journal tells it: a fold over its rows, never written by itself. */
export interface Release {
  readonly id: ReleaseId;
  readonly service: ServiceName;
  readonly number: number;
  readonly plan: Plan;
  readonly planDigest: string;
  /** What its bake finds at the traffic of when it was planned. */
  readonly power?: BakePower;
  readonly reason?: string;
  /** The reason of a person who went against a hold. */
  readonly override?: string;
  readonly requester: Actor;
  readonly origin: Origin;
  readonly requestedAt: Instant;
  readonly state: ReleaseState;
  /** When the present state was entered. */
  readonly stateSince: Instant;
  /** The last stage entered: where it stopped, once it has ended or needs attention. */
  readonly stage?: LiveState;
  readonly approvals: readonly Approval[];
  /** Of the present waiting state: approval, acceptance, bake or drain. */
  readonly deadline?: Instant | null;
  readonly gates: readonly GateReport[];
  readonly workers: Readonly<Record<string, Worker>>;
  readonly nodes: Readonly<Record<string, NodeProgress>>;
  readonly openIntents: readonly OpenIntent[];
  /** Of a release of single servers: how far it is. */
  readonly servers?: ServersProgress;
  readonly skewMs?: number;
  /** Sentences of gates that could not say: they turn `accept: auto` into manual. */
  readonly inconclusive: readonly string[];
  readonly acceptedBy?: Actor;
  readonly acceptedAt?: string;
  readonly goingBack?: { readonly end: EndState; readonly why: string; readonly by: Actor };
  readonly drain?: {
    readonly sessions: number;
    readonly stragglers: readonly string[];
    /** True while the deadline has passed and a person is asked: Wait or Shut down sessions. */
    readonly asking: boolean;
  };
  readonly attention?: {
    readonly why: string;
    readonly byHand: readonly string[];
    /** Nodes fell back before acceptance: the buttons Re-apply and Accept <side>. */
    readonly choice?: { readonly reapply: Side; readonly accept: Side };
    /** What only a person can answer; no look at the nodes does. */
    readonly asks?: 'hook' | 'return' | 'side';
    /** Who else uses the side that a hook waits for. */
    readonly users?: readonly string[];
    /** Re-apply was asked for and is not done yet. */
    readonly reapplying: boolean;
  };
  /** Who else uses one of the sides, a sentence each, as last read before the switch. */
  readonly alsoUsed?: readonly string[];
  /** Runs of its hooks, oldest first; absent where none has begun. */
  readonly hooks?: readonly HookRun[];
  /** The hook after whose beginning nothing goes back by itself, and by hand only with two people. */
  readonly noReturn?: HookPoint;
  /** The first of the two. */
  readonly returnAsked?: { readonly by: Actor; readonly at: Instant };
  readonly settling?: Settling;
  /** Set by a clean stop: the release goes on where it was, if the nodes are as they were. */
  readonly parked: boolean;
  /** Who decided what, in order: the words that stand where the buttons were. */
  readonly decisions: readonly string[];
  readonly ended?: {
    readonly sentence: string;
    readonly at: string;
    readonly durationMs: number;
    readonly by: Actor;
  };
  /** Where the release's one message stands in Slack, once it is posted. */
  readonly message?: {
    readonly channel: string;
    readonly ts: string;
    /** Set where an older copy of it may stand there too: the mark that says so. */
    readonly repeated?: string;
  };
  /** The newest row that wrote to a node, or found one elsewhere: what was read before it is old. */
  readonly nodesSeq?: number;
  /** The newest row that changed this release: the anchor once it has ended. */
  readonly head: { readonly seq: number; readonly hash: string };
}

/** A release between two sides. */
export type SideRelease = Release & { readonly plan: SidePlan };

/** A release of single servers. */
export type ServersRelease = Release & { readonly plan: ServersPlan };

/** Every write and cut of which the journal does not know how it ended. */
export function openWrites(release: Release): readonly (OpenIntent | OpenServersIntent)[] {
  return [...release.openIntents, ...(release.servers?.open ?? [])];
}

/** The rows of every effect (writes, cuts, hooks) of which the journal does not know how it ended. */
export function openEffects(release: Release): readonly number[] {
  const running = (release.hooks ?? []).filter(({ ended }) => ended === undefined);
  return [...openWrites(release), ...running].map(({ seq }) => seq);
}

/** True where the release moves a service between its sides. */
export function isSideRelease(release: Release): release is SideRelease {
  return isSidePlan(release.plan);
}

/** True where the release takes single servers out and puts them back. */
export function isServersRelease(release: Release): release is ServersRelease {
  return !isSidePlan(release.plan);
}

/** The release as one of single servers. Throws where it moves between sides: then the caller mixed up two ways. */
export function serversRelease(release: Release): ServersRelease {
  if (isServersRelease(release)) return release;
  throw new Error(`${release.id} moves between sides.`);
}

/** The release as one between sides. Throws where it moves single servers: then the caller mixed up two ways. */
export function sideRelease(release: Release): SideRelease {
  if (isSideRelease(release)) return release;
  throw new Error(`${release.id} moves single servers and has no sides.`);
}
