import type { Held } from './reading.ts';
import type { RouteTarget } from './target.ts';
import type { NodeName, ReleaseId, ServiceName, Side } from './vocabulary.ts';

/** What a release is: forward needs approval and proof; a rollback is at once; adopt and settle write one side everywhere. */
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
}

/** What a release will do on which node, from which observed state. A value: prints, stores and compares. */
export interface Plan {
  readonly kind: PlanKind;
  readonly service: ServiceName;
  readonly from: Side;
  readonly to: Side;
  readonly version?: string;
  /** The release a rollback takes back. */
  readonly takesBack?: ReleaseId;
  readonly target: RouteTarget;
  readonly observed: readonly Observed[];
  readonly approvers: number;
  readonly selfApproval: boolean;
  readonly approvalMs: number;
  readonly steps: readonly Step[];
  /** SHA-256 of the service's part of the configuration. */
  readonly configDigest: string;
}

/** The plan's step of one kind, or undefined where this plan has none. */
export function stepOf<K extends Step['kind']>(
  plan: Plan,
  kind: K,
): Extract<Step, { kind: K }> | undefined {
  return plan.steps.find((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}
