import type { Instant } from './journal-entry.ts';
import type { BatchPhase, ServerSetting } from './plan.ts';
import type { NodeName, ServerName, ServerState } from './vocabulary.ts';

/** A write to servers, or to their sessions, whose end is not journaled yet. */
export interface OpenServersIntent {
  readonly seq: number;
  readonly node: NodeName;
  readonly effect: 'state' | 'sessions';
  readonly settings: readonly ServerSetting[];
  /** True after a result said `unknown`: the line may still be carried out. */
  readonly unknown: boolean;
  /** When it was begun, or, where it is unknown, when it was given up. */
  readonly at: Instant;
}

/** How far a release of single servers is, as the journal knows it. */
export interface ServersProgress {
  /** The step under way, from 0. */
  readonly batch: number;
  readonly phase: BatchPhase;
  /** Of the phase: how long is waited for sessions, or for health. */
  readonly deadline?: Instant;
  /** By node and server: what this release set and saw there. */
  readonly states: Readonly<
    Record<NodeName, Readonly<Record<ServerName, ServerState | 'unknown'>>>
  >;
  readonly open: readonly OpenServersIntent[];
}

export const noProgress: ServersProgress = { batch: 0, phase: 'drain', states: {}, open: [] };
