import type { HookPoint } from './plan.ts';
import type { ReleaseId, ServerName, ServiceName, Side } from './vocabulary.ts';

/** What a hook is told of the release it runs for: as environment variables, or as JSON. */
export interface HookFacts {
  readonly point: HookPoint;
  readonly service: ServiceName;
  readonly release: ReleaseId;
  /** The side it works on, and the other one; absent where the release moves single servers. */
  readonly side?: Side;
  readonly otherSide?: Side;
  readonly version?: string;
  /** The server it works on, where it runs once per server. */
  readonly server?: ServerName;
}

/** How a hook ended. `unknown`: the program died with it, and nobody saw the end. */
export const hookOutcomes = ['succeeded', 'failed', 'timed_out', 'cancelled', 'unknown'] as const;
export type HookOutcome = (typeof hookOutcomes)[number];

/** How a hook ended that was seen to its end. */
export interface HookResult {
  readonly outcome: Exclude<HookOutcome, 'unknown'>;
  /** What ran and how it ended, with its last words where it did not succeed. */
  readonly sentence: string;
  /** How long it took, milliseconds. */
  readonly ms: number;
}
