import type { HookPlan, HookPoint } from './plan.ts';
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

/** One run of a hook, as the journal tells it. */
export interface HookRun {
  /** The row with which it began: written before it ran. */
  readonly seq: number;
  readonly point: HookPoint;
  readonly server?: ServerName;
  /** 1 is the first run of this hook for this release. */
  readonly attempt: number;
  /** What was run, in words. */
  readonly command: string;
  readonly at: string;
  /** Absent while it runs, or while nobody knows better. */
  readonly ended?: {
    readonly outcome: HookOutcome;
    readonly sentence: string;
    readonly ms: number;
  };
  /** True: a person has looked at how it ended and wants it run again. */
  readonly again: boolean;
}

/** The newest run of a hook; undefined where it has not run yet. */
export function lastRun(
  runs: readonly HookRun[] | undefined,
  point: HookPoint,
  server?: ServerName,
): HookRun | undefined {
  return runs?.findLast((run) => run.point === point && run.server === server);
}

/** What a hook runs or calls, in words: `docker compose up -d green`, `POST https://ci.example/done`. */
export function hookCommand(hook: HookPlan): string {
  return hook.kind === 'post' ? `POST ${hook.url}` : hook.argv.join(' ');
}

/** The hook that runs now, as far as the journal knows. */
export function runningHook(runs: readonly HookRun[] | undefined): HookRun | undefined {
  return runs?.findLast(({ ended }) => ended === undefined);
}
