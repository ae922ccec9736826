import type { NodeTarget } from '../../../../release/target.ts';
import type { ServerName, Side } from '../../../../release/vocabulary.ts';
import type { OneBackendTarget } from '../one-backend/one-backend-target.ts';

/** One application with a switch of its own: while it is off it answers 404 to HAProxy's check. */
export interface ApplicationSwitch {
  readonly server: ServerName;
  /** POST: takes new users from now on, or no longer. */
  readonly enable: string;
  readonly disable: string;
  /** HEAD or GET: 200 while it is on, 404 while it is off. */
  readonly state: string;
}

/** One node of route `sessions` by `health`. */
export interface HealthNodeTarget extends NodeTarget {
  /** Its haproxy.cfg, `file:///path`; without it nobody can tell whether sessions survive the switch. */
  readonly configFile?: string;
}

/** Route `sessions` by `health`: the applications are told, and HAProxy's checks see it. */
export interface ByHealthTarget extends OneBackendTarget {
  readonly by: 'health';
  readonly applications: Readonly<Record<Side, readonly ApplicationSwitch[]>>;
  /** How long every node has for seeing what the applications were told, milliseconds. */
  readonly withinMs: number;
  readonly nodes: readonly HealthNodeTarget[];
}
