import type { PlanSettings } from '../release/make-plan.ts';
import type { ReasonRule } from '../release/reason-rule.ts';
import type { RouteTarget } from '../release/target.ts';
import type { NodeName, ServiceName } from '../release/vocabulary.ts';

/** The whole configuration, validated and frozen. Durations in milliseconds, rates 0..1. */
export interface Config {
  /** Absolute path of the SQLite file. */
  readonly database: string;
  readonly slack: {
    readonly channel: string;
    readonly commands: {
      readonly release: readonly string[];
      readonly rollback: readonly string[];
      readonly status: readonly string[];
    };
  };
  readonly roles: {
    /** Slack user ids, user group ids, `cli:<os user>`, or `*`. */
    readonly viewer: readonly string[];
    readonly releaser: readonly string[];
    readonly approver: readonly string[];
    readonly operator: readonly string[];
  };
  /** Who a person of the command line is in Slack: `cli:<os user>` to a user id. */
  readonly people: ReadonlyMap<string, string>;
  readonly fleets: ReadonlyMap<string, Fleet>;
  readonly services: ReadonlyMap<ServiceName, Service>;
  readonly drift: { readonly everyMs: number };
  /** SHA-256 of the canonical form of the file's content. */
  readonly digest: string;
}

export interface Fleet {
  readonly name: string;
  readonly nodes: readonly Node[];
}

export interface Node {
  readonly name: NodeName;
  readonly runtime: string;
  readonly frontend: string;
  /** Per map of the routes: how this node's haproxy.cfg names it, and the file behind it. */
  readonly maps: ReadonlyMap<string, { readonly id: string; readonly file: string }>;
  readonly master?: string;
  readonly configFile?: string;
}

/** One service: the rules a plan is made from (`{side}` still stands in smoke checks), and where it lives. */
export interface Service extends PlanSettings {
  readonly fleet: string;
  /** Overrides slack.channel. */
  readonly channel?: string;
  /** Set where nobody may ask for a release without saying why. */
  readonly reason?: ReasonRule;
  /** `route` as the file has it, for people to read. */
  readonly route: Readonly<Record<string, unknown>>;
  /** What the route's kind has made of it: where and how its traffic is moved. */
  readonly target: RouteTarget;
}
