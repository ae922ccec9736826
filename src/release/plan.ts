import type { Held } from './reading.ts';
import type { ServersTarget, SideTarget } from './target.ts';
import type {
  NodeName,
  ReleaseId,
  ServerName,
  ServerState,
  ServiceName,
  Side,
} from './vocabulary.ts';

/** What a release between sides is: forward needs approval and proof; a rollback is at once; adopt writes one side everywhere. */
export const planKinds = ['forward', 'rollback', 'adopt'] as const;
export type PlanKind = (typeof planKinds)[number];

/** One smoke request, with `{side}` already replaced by the target side. */
export interface SmokeCheck {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expect: {
    readonly status: number;
    readonly bodyContains?: string;
    readonly header?: { readonly name: string; readonly value: string };
  };
  readonly tls?: { readonly servername: string; readonly ca?: string };
}

export interface BakePlan {
  readonly forMs: number;
  /** Share of 5xx answers above which it goes back, 0..1. */
  readonly errorRate: number;
  /** Factor on the old side's time above which it goes back. */
  readonly latency: number;
  /** Fewer requests than this say nothing: inconclusive. */
  readonly minimumRequests: number;
}

export type Step =
  | { readonly kind: 'deploy' }
  | {
      readonly kind: 'preflight';
      readonly healthyReadings: number;
      readonly minimumHealthy: number | 'all';
      readonly timeoutMs: number;
    }
  | { readonly kind: 'switch'; readonly nodes: readonly NodeName[]; readonly to: Side }
  | { readonly kind: 'verify' }
  | { readonly kind: 'smoke'; readonly checks: readonly SmokeCheck[] }
  | ({ readonly kind: 'bake' } & BakePlan)
  | {
      readonly kind: 'accept';
      readonly by: 'manual' | 'auto';
      readonly remindMs: number;
      /** null = never. */
      readonly expiresMs: number | null;
    }
  | { readonly kind: 'persist' }
  | { readonly kind: 'drain'; readonly timeoutMs: number; readonly then: 'wait' | 'shutdown' };

/** What a node held when the plan was made: the switch expects exactly this. */
export interface Observed {
  readonly node: NodeName;
  readonly memory: Held;
  readonly disk: Held;
  /** Where the configured path of the node's file led; absent where it stood there itself. */
  readonly file?: string;
}

/** When a hook runs: in this order, the last two at the end. */
export const hookPoints = [
  'migrate',
  'deploy',
  'before_switch',
  'after_switch',
  'after_rollback',
  'after_completed',
] as const;
export type HookPoint = (typeof hookPoints)[number];

/** A command or a call of the service's own, at one point of a release. Part of the plan: it is what is approved. */
export type HookPlan = (
  | {
      readonly kind: 'run';
      /** Program and arguments; no shell sees them. `{side}`, `{version}` and `{server}` are filled in when it runs. */
      readonly argv: readonly string[];
      /** Names of environment variables that are passed on, beside the service, side, version and release. */
      readonly environment: readonly string[];
    }
  | { readonly kind: 'post'; readonly url: string }
) & {
  readonly timeoutMs: number;
  /** True: may be run again where nobody knows how it ended. */
  readonly idempotent: boolean;
  /** True: once it has begun, a rollback needs two people. */
  readonly pointOfNoReturn: boolean;
  /** `run`: it also runs where somebody else uses the side it may stop or overwrite; absent: a person is asked. */
  readonly sharedSide?: 'run';
};

/** What a release will do on which node, from which observed state. A value: prints, stores and compares. */
export type Plan = SidePlan | ServersPlan;

interface AnyPlan {
  readonly service: ServiceName;
  readonly version?: string;
  readonly approvers: number;
  readonly selfApproval: boolean;
  readonly approvalMs: number;
  /** Absent: the service has none. */
  readonly hooks?: Readonly<Partial<Record<HookPoint, HookPlan>>>;
  /** SHA-256 of the service's part of the configuration. */
  readonly configDigest: string;
}

/** Moves a service from one of its sides to the other. */
export interface SidePlan extends AnyPlan {
  readonly kind: PlanKind;
  readonly from: Side;
  readonly to: Side;
  /** The release a rollback takes back. */
  readonly takesBack?: ReleaseId;
  /** `kept`: an adoption that leaves another hand's values alone, and moves nothing to a side without servers. */
  readonly foreign?: 'kept';
  readonly target: SideTarget;
  readonly observed: readonly Observed[];
  /** Who else uses one of the sides, a sentence each; absent: nobody, as far as the nodes tell. */
  readonly alsoUsed?: readonly string[];
  readonly steps: readonly Step[];
}

/** One server and the state it shall have. */
export interface ServerSetting {
  readonly server: ServerName;
  readonly state: ServerState;
}

/** The state one server had on one node when the plan was made. */
export interface ObservedServer extends ServerSetting {
  readonly node: NodeName;
}

/** Takes single servers out and puts them back, on every node. */
export interface ServersPlan extends AnyPlan {
  /** `rolling`: every batch in turn is drained, set to maint, worked on and put back. `state`: one server, one state. */
  readonly kind: 'rolling' | 'state';
  readonly target: ServersTarget;
  readonly observed: readonly ObservedServer[];
  readonly steps: readonly ServersStep[];
}

/** What happens to the servers of one batch, in this order. */
export const batchPhases = ['drain', 'empty', 'maint', 'deploy', 'ready', 'healthy'] as const;
/** `set`: the one thing that happens to a single server. */
export type BatchPhase = (typeof batchPhases)[number] | 'set';

export type ServersStep =
  | {
      readonly kind: 'take';
      readonly servers: readonly ServerName[];
      /** Drain at most so long, then wait for a person or cut the sessions. */
      readonly drain: { readonly timeoutMs: number; readonly then: 'wait' | 'shutdown' };
      /** How long the servers may take to be healthy again, and how often in a row that must be read. */
      readonly healthy: { readonly timeoutMs: number; readonly readings: number };
    }
  | ({ readonly kind: 'set' } & ServerSetting);

/** The plan's batches, or its one server; in order. */
export function serversOf(step: ServersStep): readonly ServerName[] {
  return step.kind === 'set' ? [step.server] : step.servers;
}

/** True where a plan moves between sides. */
export function isSidePlan(plan: Plan): plan is SidePlan {
  return plan.kind !== 'rolling' && plan.kind !== 'state';
}

/** The plan's step of one kind, or undefined where this plan has none. */
export function stepOf<K extends Step['kind']>(
  plan: SidePlan,
  kind: K,
): Extract<Step, { kind: K }> | undefined {
  return plan.steps.find((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}
