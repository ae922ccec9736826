import type { ServersNodeStatus } from '../engine/servers/judge-servers-drift.ts';
import type { Instant } from '../release/journal-entry.ts';
import type { NodeStatus } from '../release/node-status.ts';
import type { Plan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import type { Accepted, ServiceState } from '../release/service-state.ts';
import type {
  Actor,
  BackendName,
  ReleaseId,
  ServerName,
  ServiceName,
  Side,
} from '../release/vocabulary.ts';

/** One member per kind, so that a switch on `kind` narrows. */
type Each<Kind extends string, Rest> = Kind extends string ? { readonly kind: Kind } & Rest : never;

/** Everything an operator can ask, from any door. */
export type Command =
  | Each<'release' | 'plan', ReleaseWords>
  | Each<'rollback' | 'finish', ServiceWord & Reasons>
  | Each<'accept' | 'abort' | 'cancel', OfWord & Because>
  | Each<'reapply', OfWord>
  | Each<'approve' | 'wait' | 'shut_down_sessions', OfWord & Seen>
  | Each<'settle', { readonly release: ReleaseId; readonly side: Side; readonly because: string }>
  | Each<'adopt', ServiceWord & { readonly side: Side; readonly because: string }>
  | Each<'drain' | 'maint' | 'ready', ServiceWord & Because & { readonly server: ServerName }>
  | Each<'accept_side', OfWord & { readonly side: Side }>
  | Each<'lock' | 'unlock', ServiceWord & { readonly because: string }>
  | Each<'status', { readonly service?: ServiceName }>
  | Each<'history', HistoryWords>
  | Each<'at', ServiceWord & { readonly time: Date }>
  | Each<'help', { readonly topic: 'release' | 'rollback' | 'status' }>;

/** The member of one kind. */
export type CommandOf<Kind extends Command['kind']> = Extract<Command, { readonly kind: Kind }>;

interface ServiceWord {
  readonly service: ServiceName;
}

interface OfWord {
  readonly of: ServiceName | ReleaseId;
}

interface Seen {
  /** First digits of the plan digest the presser saw. */
  readonly seen?: string;
}

interface Because {
  readonly because?: string;
}

interface Reasons extends Because {
  /** True: against a hold or a dead side, with the reason in `because` (operator). */
  readonly override?: boolean;
}

interface ReleaseWords extends ServiceWord, Reasons {
  readonly side?: Side;
  readonly version?: string;
}

interface HistoryWords {
  readonly service?: ServiceName;
  readonly since?: Date;
  readonly by?: Actor;
}

/** What was typed does not parse: the sentence says what was expected, with the nearest valid form. */
export interface Misunderstood {
  readonly kind: 'misunderstood';
  readonly sentence: string;
}

/** Who asks, from where. */
export interface Asker {
  readonly actor: Actor;
  /** IANA zone in which typed times are read and answers are given. */
  readonly timezone: string;
  readonly door: 'slack' | 'cli';
  readonly team?: string;
  readonly channel?: string;
  readonly message?: string;
  /** Identity of this delivery by content: trigger id, or message + action + user. */
  readonly request?: string;
  /** Known at the door to be from another installation. */
  readonly foreign: boolean;
  /** Set where the face has to refuse whatever is asked: the sentence. It is recorded like every other refusal. */
  readonly refusal?: string;
}

export interface ServiceStatus {
  readonly state: ServiceState;
  readonly nodes: readonly NodeStatus[];
  /** The side that has production traffic; `mixed` where the nodes differ; undefined where none answered. */
  readonly active: Side | 'mixed' | undefined;
  readonly release?: Release;
  /** Where `/rollback` would go now, and how many nodes have a healthy server there. */
  readonly rollback: {
    readonly to: Side | undefined;
    readonly ready: number;
    readonly nodes: number;
    readonly sentence: string;
  };
}

/** A service of single servers, as its nodes have them now. */
export interface ServersStatus {
  readonly state: ServiceState;
  readonly backend: BackendName;
  readonly nodes: readonly ServersNodeStatus[];
  readonly release?: Release;
}

export interface HistoryRow {
  readonly seq: number;
  readonly at: string;
  readonly service?: ServiceName;
  readonly release?: ReleaseId;
  readonly actor: Actor;
  readonly sentence: string;
}

interface Untold {
  /** Sentences that say why people cannot be told in the channel. */
  readonly untold?: readonly string[];
}

export type Reply =
  /** Done, or under way: one sentence. */
  | { readonly kind: 'done'; readonly text: string; readonly release?: ReleaseId }
  /** `underWay`: the release that does already what was asked for. */
  | {
      readonly kind: 'refused';
      readonly text: string;
      readonly underWay?: ReleaseId;
      /** True: the message that was pressed on offers what is not there any more. */
      readonly outdated?: true;
    }
  | { readonly kind: 'malfunction'; readonly text: string }
  /** A duplicate delivery: say nothing again. */
  | { readonly kind: 'silent' }
  | ({
      readonly kind: 'overview';
      readonly services: readonly ServiceStatus[];
      /** Those without sides. */
      readonly servers?: readonly ServersStatus[];
      readonly at: Instant;
    } & Untold)
  | ({ readonly kind: 'servers'; readonly status: ServersStatus; readonly at: Instant } & Untold)
  | ({ readonly kind: 'service'; readonly status: ServiceStatus; readonly at: Instant } & Untold)
  | {
      readonly kind: 'history';
      readonly rows: readonly HistoryRow[];
      /** More rows than were answered. */
      readonly more: boolean;
      readonly timezone: string;
      readonly asked: string;
    }
  | {
      readonly kind: 'at';
      readonly service: ServiceName;
      readonly time: string;
      readonly timezone: string;
      /** What was accepted and live then; undefined: the journal knows nothing of that time. */
      readonly live?: Accepted & { readonly seq: number };
      readonly sentence: string;
    }
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly digest: string;
      readonly sentences: readonly string[];
    }
  | {
      readonly kind: 'help';
      readonly topic: 'release' | 'rollback' | 'status';
      readonly lines: readonly string[];
    };

/** The one door: every face parses to a Command, asks here and shows the Reply. Never rejects. */
export type Ask = (command: Command, asker: Asker) => Promise<Reply>;

/** Reads one line of text as a command. `command` is which of the three was typed. */
export type Parse = (
  command: 'release' | 'rollback' | 'status',
  text: string,
  asker: Pick<Asker, 'timezone'>,
  now: Date,
) => Command | Misunderstood;
