import type { BakeFacts, BakePower } from './bake-facts.ts';
import type { HookOutcome } from './hook-run.ts';
import type { BatchPhase, HookPoint, Plan, ServerSetting } from './plan.ts';
import type { Held, Worker } from './reading.ts';
import type { EndState, LiveState } from './states.ts';
import type { Actor, NodeName, ReleaseId, ServerName, ServiceName, Side } from './vocabulary.ts';

/** A moment that can be compared: monotonic within one boot, wall clock across boots. */
export interface Instant {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The kernel's boot id. */
  readonly boot: string;
  /** CLOCK_MONOTONIC of that boot, milliseconds. */
  readonly mono: number;
}

/**
 * What an effect works on: the running worker, the file its successor reads, the sessions of the old side, or a side as a
 * whole, which is let in to be checked (`prepare`) or taken out when it is left (`finish`).
 */
export type EffectKind = 'memory' | 'disk' | 'sessions' | 'prepare' | 'finish';

export type GateResult = 'successful' | 'failed' | 'inconclusive' | 'error';

export interface GateReport {
  readonly gate: string;
  readonly node?: NodeName;
  readonly result: GateResult;
  /** One sentence: what was expected, what was found. */
  readonly sentence: string;
}

/** How an effect ended, as far as is known. `unknown` stays open until a reading closes it. */
export type EffectOutcome = 'applied' | 'not_applied' | 'refused' | 'unknown';

/** A node found elsewhere than it should be, or back from it. */
export interface DriftSeen {
  /**
   * What changed: `memory`, `disk`, `worker` (a reload that changed the side), `reload` (one that did not), `reach`,
   * `back` (in sync again), `old worker`.
   */
  readonly what: string;
  readonly sentence: string;
  /** The two sides a person may choose between. */
  readonly choice?: { readonly reapply: Side; readonly accept: Side };
  /** Of single servers: what they should be may be set again. */
  readonly again?: true;
  /**
   * What the channel is told of the whole round, with this row; `elsewhere`: with another row of the round. Absent: this
   * row's sentence alone.
   */
  readonly notice?: DriftNotice | 'elsewhere';
}

/** Everything that one round of the drift watch tells one channel. */
export interface DriftNotice {
  readonly text: string;
  readonly offers: readonly DriftOffer[];
}

/** What a person may press about one service. */
export interface DriftOffer extends Pick<DriftSeen, 'choice' | 'again'> {
  readonly service: ServiceName;
}

/** What happened, by kind. `body` of the journal row is everything here but `kind`. */
export type Happening =
  // the program
  | {
      readonly kind: 'started';
      readonly pid: number;
      readonly host: string;
      readonly program: string;
    }
  | { readonly kind: 'stopped'; readonly why: string }
  /** A proof of the journal found what Pointsman did not write: nothing new is begun until an operator has looked. */
  | { readonly kind: 'journal_fault'; readonly findings: readonly string[] }
  | { readonly kind: 'journal_acknowledged'; readonly reason: string }
  /** A backup took the journal's place: what came after this row's predecessor is not in it. */
  | { readonly kind: 'restored'; readonly from: string; readonly open: readonly ReleaseId[] }
  // doors
  | {
      readonly kind: 'refused';
      /** What was asked, cleaned. */
      readonly asked: string;
      readonly sentence: string;
      /** Set where an old membership had to serve (rollback and abort only). */
      readonly membership?: string;
    }
  // service
  | { readonly kind: 'adopted'; readonly side: Side; readonly nodes: readonly NodeName[] }
  /** What the first look at a service found, where no side of it could be adopted. */
  | { readonly kind: 'found'; readonly sentence: string }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'unheld'; readonly reason: string }
  | ({ readonly kind: 'external_change' } & DriftSeen)
  | ({ readonly kind: 'drift_seen' } & DriftSeen)
  // release: asking
  | {
      readonly kind: 'requested';
      readonly number: number;
      readonly plan: Plan;
      /** What its bake finds at the traffic of now; absent where it has none. */
      readonly power?: BakePower;
      readonly reason?: string;
      readonly membership?: string;
      readonly override?: string;
    }
  | { readonly kind: 'awaiting_approval'; readonly deadline: Instant }
  | { readonly kind: 'approved'; readonly roles: readonly string[] }
  | { readonly kind: 'approval_completed' }
  | {
      readonly kind: 'replanned';
      readonly plan: Plan;
      readonly power?: BakePower;
      readonly why: string;
      readonly deadline: Instant | null;
    }
  // release: doing
  | { readonly kind: 'stage_entered'; readonly stage: LiveState }
  /** Others use the sides than the plan tells: read before the switch. None: nobody does any more. */
  | { readonly kind: 'other_users_found'; readonly users: readonly string[] }
  | {
      readonly kind: 'gates_checked';
      readonly gates: readonly GateReport[];
      /** True: more than one row holds, and these go on where the row before ended. */
      readonly more?: true;
      readonly workers: Readonly<Record<string, Worker>>;
    }
  | {
      readonly kind: 'intent';
      readonly effect: EffectKind;
      readonly to: Side;
      readonly why: string;
      /** The row of an earlier release's intent whose end is not known: nothing is sent for it, it is only settled here. */
      readonly inherits?: number;
    }
  | {
      readonly kind: 'result';
      readonly effect: EffectKind;
      /** The intent's seq. */
      readonly intent: number;
      readonly outcome: EffectOutcome;
      readonly sentence: string;
    }
  | {
      readonly kind: 'reconciled';
      readonly effect: EffectKind;
      readonly intent: number;
      readonly found: Held;
      readonly sentence: string;
    }
  | {
      readonly kind: 'switched';
      /** Milliseconds between the first and the last answer; 0 where less than two nodes answered. */
      readonly skewMs: number;
      /** On how many nodes it was written; absent: on all. */
      readonly written?: number;
      /** Who answered, where the switch itself put another worker in place. */
      readonly workers?: Readonly<Record<string, Worker>>;
    }
  | { readonly kind: 'verified'; readonly sentence: string }
  | { readonly kind: 'smoked'; readonly gates: readonly GateReport[] }
  | { readonly kind: 'bake_started'; readonly until: Instant }
  | { readonly kind: 'baked'; readonly gates: readonly GateReport[]; readonly facts: BakeFacts }
  | {
      readonly kind: 'acceptance_awaited';
      readonly remindMs: number;
      readonly deadline: Instant | null;
    }
  | { readonly kind: 'reminded' }
  | { readonly kind: 'accepted'; readonly reason?: string }
  | { readonly kind: 'persisted' }
  | { readonly kind: 'drain_started'; readonly deadline: Instant }
  | {
      readonly kind: 'drain_deadline';
      readonly sessions: number;
      readonly stragglers: readonly string[];
      readonly deadline: Instant;
    }
  | { readonly kind: 'drain_waited' }
  | { readonly kind: 'drain_shutdown' }
  | { readonly kind: 'drained'; readonly sessions: number; readonly stragglers: readonly string[] }
  // release: single servers
  | {
      readonly kind: 'batch_entered';
      /** The plan's step, from 0. */
      readonly batch: number;
      readonly phase: BatchPhase;
      /** How long is waited for sessions, or for health. */
      readonly deadline?: Instant;
    }
  | { readonly kind: 'batch_done'; readonly batch: number }
  | {
      readonly kind: 'servers_intent';
      /** What is set, or whose sessions are cut. */
      readonly effect: 'state' | 'sessions';
      readonly settings: readonly ServerSetting[];
      readonly why: string;
    }
  | {
      readonly kind: 'servers_result';
      /** The intent's seq. */
      readonly intent: number;
      readonly outcome: EffectOutcome;
      readonly sentence: string;
    }
  | {
      readonly kind: 'servers_reconciled';
      readonly intent: number;
      readonly found: readonly ServerSetting[];
      readonly sentence: string;
    }
  // release: hooks
  | {
      /** The intent: committed before it runs. */
      readonly kind: 'hook_started';
      readonly point: HookPoint;
      readonly server?: ServerName;
      readonly attempt: number;
      readonly command: string;
      readonly pointOfNoReturn: boolean;
    }
  /** Some lines of what it said. `hook`: the seq of its first row. */
  | { readonly kind: 'hook_output'; readonly hook: number; readonly text: string }
  | {
      readonly kind: 'hook_ended';
      readonly hook: number;
      readonly outcome: HookOutcome;
      readonly sentence: string;
      readonly ms: number;
    }
  /** Somebody is left on the side that is to be deployed to: a person is asked. */
  | {
      readonly kind: 'overwrite_asked';
      readonly sessions: number;
      readonly stragglers: readonly string[];
    }
  // release: turning
  /** Beyond a point of no return the first of two people wants it taken back. */
  | {
      readonly kind: 'return_asked';
      /** The release, where it has ended: then the row is the service's, for no row follows an end. */
      readonly of?: ReleaseId;
      readonly reason?: string;
      readonly membership?: string;
    }
  | {
      readonly kind: 'going_back';
      /** `cancelled`, `rejected`: nothing had moved, what was under way is ended first. */
      readonly end: Exclude<EndState, 'completed' | 'expired'>;
      readonly why: string;
      readonly membership?: string;
      readonly override?: string;
    }
  | {
      readonly kind: 'needs_attention';
      readonly why: string;
      readonly byHand: readonly string[];
      /** Set where nodes fell back before acceptance: a person chooses between the two sides. */
      readonly choice?: { readonly reapply: Side; readonly accept: Side };
      /**
       * What only a person can answer: how a hook ended that was cut off, or whether to go back beyond a point of no
       * return. Absent: what is wrong can be read from the nodes.
       */
      readonly asks?: 'hook' | 'return' | 'side';
      /** Who else uses the side that a hook waits for: nobody else has to answer once they are gone. */
      readonly users?: readonly string[];
    }
  | { readonly kind: 'reapply_asked' }
  | {
      readonly kind: 'settling';
      readonly side: Side;
      readonly reason: string;
      /** `kept`: asked for as going back, not as a settlement; another hand's values are left alone. */
      readonly foreign?: 'kept';
      readonly membership?: string;
      readonly override?: string;
    }
  | { readonly kind: 'settled'; readonly side: Side }
  | { readonly kind: 'parked'; readonly stage: LiveState }
  | { readonly kind: 'recovered'; readonly sentence: string }
  | {
      readonly kind: 'ended';
      readonly state: EndState;
      readonly sentence: string;
      readonly durationMs: number;
    }
  // telling
  | {
      readonly kind: 'posted';
      readonly what: string;
      /** The mark of a message that may stand in the channel twice: every later edit keeps it. */
      readonly repeated?: string;
    }
  | { readonly kind: 'anchored'; readonly anchorSeq: number; readonly anchorHash: string };

export type EntryKind = Happening['kind'];

/** Where a request came from: the Slack ids of the journal row. */
export interface Origin {
  readonly team?: string;
  readonly channel?: string;
  readonly message?: string;
  /** Identity of the delivery, by content; the same request has one effect. */
  readonly request?: string;
}

/** A row to be appended. The store adds seq, time, boot, configuration digest, prev and hash. */
export interface Draft {
  readonly actor: Actor;
  readonly release?: ReleaseId;
  readonly service?: ServiceName;
  readonly node?: NodeName;
  readonly origin?: Origin;
  /** What the place held before, what it shall hold, what was read back. Plain words: a backend name, or `missing`. */
  readonly before?: string;
  readonly after?: string;
  readonly readback?: string;
  readonly planDigest?: string;
  readonly what: Happening;
}

/** A row of the journal as it stands. */
export interface Entry extends Draft {
  readonly seq: number;
  readonly instant: Instant;
  readonly configDigest: string;
  readonly prev: string;
  readonly hash: string;
}
