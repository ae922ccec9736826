import type { HookFacts, HookResult } from '../release/hook-run.ts';
import type { Draft, Entry, Instant } from '../release/journal-entry.ts';
import type { OtherUsers } from '../release/other-user.ts';
import type { HookPlan, Observed, ServerSetting, SmokeCheck } from '../release/plan.ts';
import type {
  NodeReading,
  OldWorkers,
  ServerReading,
  SessionCount,
  Worker,
} from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import type { Role } from '../release/roles.ts';
import type { ServiceState } from '../release/service-state.ts';
import type { ReleaseState } from '../release/states.ts';
import type { NodeTarget, ServersTarget, SideTarget } from '../release/target.ts';
import type {
  Actor,
  NodeName,
  ReleaseId,
  ServerName,
  ServerState,
  ServiceName,
  Side,
} from '../release/vocabulary.ts';

/** How a write ended as the wire tells it. `accepted` is HAProxy's word, not proof: read back. */
export type WriteResult =
  | {
      readonly kind: 'accepted';
      /** Who answered, and when (monotonic milliseconds). */
      readonly worker: Worker;
      readonly answeredAt: number;
    }
  /** An old or another worker took it, or it is known that nothing was changed. */
  | { readonly kind: 'not_applied'; readonly why: string }
  /** It was refused whole: nothing was changed. */
  | { readonly kind: 'refused'; readonly why: string }
  /**
   * No whole answer: the command may be carried out now, later or never. Or only a part of it was taken: what is there
   * is for the next reading to say.
   */
  | {
      readonly kind: 'unknown';
      readonly why: string;
      /** Set where it was answered, so that nothing of it comes any more. */
      readonly answered?: true;
    };

/**
 * What stands before every effect of a release: asked immediately before anything is sent that changes a node, a file or
 * an application. One per step of a driver; once closed it stays closed.
 */
export interface StepGate {
  /** Throws `signal.reason` where the release has ended or its driver was interrupted: nothing is sent then. */
  check(): void;
  /** Aborts at the same moment: what only waits for an effect to show gives up. Nothing that was sent is taken back by it. */
  readonly signal: AbortSignal;
}

declare const committed: unique symbol;
/**
 * The gate of effects whose intents are in the journal. Whatever sends asks for one, and only `engine/effects/perform.ts`
 * makes one, behind the commit: an effect without an intent does not compile.
 */
export type EffectGate = StepGate & { readonly [committed]: true };

/** How an act ended whose worker nobody asks for. */
export type ActResult = { readonly kind: 'accepted' } | Exclude<WriteResult, { kind: 'accepted' }>;

/** One node's switch, its connection open and waiting. */
export interface Armed {
  readonly node: NodeName;
  /** Sends the line. Resolves in any case; never rejects. */
  fire(gate: EffectGate): Promise<WriteResult>;
  /** Closes the connection unused. */
  disarm(): void;
}

/**
 * How much of a node is read. `keys`: what the service itself has there, at a cost that does not grow with a map.
 * `small`: the whole map as well where its file is small, for keys that somebody adds a second time.
 * `whole`: also what stands beside it (keys that stand twice, other users of the sides), before something is moved.
 */
export type Extent = 'keys' | 'small' | 'whole';

/** How one service's traffic is moved on the nodes of one plan. Made per target; holds no state of its own. */
export interface Route {
  /** Reads one node, on fresh connections; `keys` where no extent is given. A node that does not answer is a reading. */
  read(node: NodeName, signal?: AbortSignal, extent?: Extent): Promise<NodeReading>;
  /** Opens the connection the switch will be fired on; rejects where it cannot be opened. */
  arm(node: NodeName, to: Side, expected: Worker): Promise<Armed>;
  /** Waits until the node answers on a new connection and lets queued commands settle. False: it stayed silent. */
  barrier(node: NodeName, signal?: AbortSignal): Promise<boolean>;
  /**
   * The write behind one in doubt; it also makes a key that is missing. Where the node has versions that refuse an earlier
   * write (`prepare map`, `add map @v`, `commit map @v`) it takes one. It needs no more of the node than the switch did.
   */
  writeFenced(node: NodeName, to: Side, gate: EffectGate): Promise<WriteResult>;
  /**
   * Makes `to` what the node's next worker starts with, and reads it back. Rejects where it could not, and where
   * `planned` is given and the file is not the one that was observed.
   */
  persist(
    node: NodeName,
    to: Side,
    gate: EffectGate,
    planned?: Pick<Observed, 'file'>,
  ): Promise<void>;
  /**
   * Tries, before the switch, whatever `persist` will need (room, rights, a new file's owner and attributes), and leaves
   * everything as it is. Absent where the switch itself writes the file, or there is none. Rejects where it could not.
   */
  tryPersist?(node: NodeName, to: Side): Promise<void>;
  /** What is left on one side of one node. */
  sessions(node: NodeName, side: Side, signal?: AbortSignal): Promise<SessionCount>;
  /**
   * What the workers that a reload replaced still serve. Undefined where the node's master is not configured;
   * `unknown` where the master does not answer (during a reload it does not). Rejects with the signal's reason only.
   */
  oldWorkers(node: NodeName, signal?: AbortSignal): Promise<OldWorkers | undefined>;
  /**
   * Who else sends traffic to the sides on one node: what may not be stopped though the service has left it. Reads whole
   * maps. Rejects with the signal's reason only.
   */
  otherUsers(node: NodeName, signal?: AbortSignal): Promise<OtherUsers>;
  /** Cuts what is left on one side of one node. Never rejects. */
  shutDownSessions(node: NodeName, side: Side, gate: EffectGate): Promise<ActResult>;
  /**
   * Lets the gates see a side that was taken out whole: its servers are checked again and get no new user by it.
   * Called only where servers of the side are in MAINT. Absent where the route never takes a side out. Never rejects.
   */
  prepare?(node: NodeName, side: Side, gate: EffectGate): Promise<ActResult>;
  /**
   * Ends a side that is left, or that a person ends by force: nobody is sent there any more, also not by a cookie.
   * Absent where nothing is left to be done. Never rejects.
   */
  finish?(node: NodeName, side: Side, gate: EffectGate): Promise<ActResult>;
  /** The exact lines with which a person does the same by hand. */
  byHand(node: NodeName, side: Side, place: 'memory' | 'disk'): readonly string[];
}

/** Makes the route of a target with sides. Throws where no route of the target's kind is built. */
export type MakeRoute = (target: SideTarget) => Route;

/** One server as one node has it. */
export interface ServerHeld extends ServerReading {
  /** As it was set by hand, by the Runtime API or by `disabled`; a failing check does not change it. */
  readonly state: ServerState;
}

/** One node's backend, server by server. */
export type ServersReading =
  | { readonly kind: 'unreachable'; readonly node: NodeName; readonly why: string }
  | {
      readonly kind: 'reached';
      readonly node: NodeName;
      readonly worker: Worker;
      readonly version: string;
      readonly stopping: boolean;
      readonly level: string;
      /** False: this node has no such backend. */
      readonly exists: boolean;
      readonly servers: readonly ServerHeld[];
    };

/** How single servers are taken out and put back on the nodes of one plan. Holds no state of its own. */
export interface ServersRoute {
  /** Reads one node's backend whole. A node that does not answer is a reading. */
  read(node: NodeName, signal?: AbortSignal): Promise<ServersReading>;
  /**
   * All settings in one line, on a fresh connection, with the worker's identity behind it. Never rejects.
   */
  set(
    node: NodeName,
    settings: readonly ServerSetting[],
    expected: Worker,
    gate: EffectGate,
  ): Promise<WriteResult>;
  /** Waits until the node answers on a new connection and lets queued commands settle. False: it stayed silent. */
  barrier(node: NodeName, signal?: AbortSignal): Promise<boolean>;
  /** What is left on these servers of one node. */
  sessions(
    node: NodeName,
    servers: readonly ServerName[],
    signal?: AbortSignal,
  ): Promise<SessionCount>;
  /** Cuts what is left on these servers. Never rejects. */
  shutDownSessions(
    node: NodeName,
    servers: readonly ServerName[],
    gate: EffectGate,
  ): Promise<ActResult>;
  /** The exact lines with which a person does the same by hand. */
  byHand(node: NodeName, settings: readonly ServerSetting[]): readonly string[];
}

/** Makes the route of a target without sides. */
export type MakeServersRoute = (target: ServersTarget) => ServersRoute;

export type SmokeResult =
  | { readonly kind: 'passed'; readonly ms: number; readonly sentence: string }
  /** It answered, and not as expected. */
  | { readonly kind: 'failed'; readonly sentence: string }
  /** It did not answer, or not within the limits. */
  | { readonly kind: 'error'; readonly sentence: string };

/** Sends one real request through one node's own frontend. Never rejects. */
export type Smoke = (
  check: SmokeCheck,
  node: NodeTarget,
  signal?: AbortSignal,
) => Promise<SmokeResult>;

/**
 * Runs one hook to its end: success, failure, its deadline, or the signal. Never rejects. A command leaves no process
 * of its group behind, however it ended. `onOutput`: one line of what it said, short and clean.
 */
export type RunHook = (
  hook: HookPlan,
  facts: HookFacts,
  options: { readonly signal: AbortSignal; readonly onOutput: (line: string) => void },
) => Promise<HookResult>;

/** Time as an argument. */
export interface Clock {
  /** Wall clock and monotonic clock of this boot. */
  now(): Instant;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Appended =
  | { readonly kind: 'appended'; readonly entries: readonly Entry[] }
  /** The same request had its effect before; nothing was written. */
  | { readonly kind: 'duplicate'; readonly of: number }
  /** Another release holds the service's release lock; nothing was written. */
  | {
      readonly kind: 'locked';
      readonly service: ServiceName;
      readonly by: ReleaseId;
      /** ISO. */
      readonly since: string;
    }
  /** The release of one of the rows has ended: no row follows its end but where its message stands. Nothing was written. */
  | {
      readonly kind: 'ended';
      readonly release: ReleaseId;
      readonly state: ReleaseState;
      /** ISO. */
      readonly at: string;
    };

/** The program's only memory. Synchronous: what is read and what is then appended cannot be torn apart. */
export interface Journal {
  /**
   * Appends rows in one transaction with everything derived from them (releases, services, locks, outbox).
   * Throws JournalUnwritable where they could not be committed: then nothing may be done.
   * `request`: identity of the delivery that caused them; a second use writes nothing.
   */
  append(drafts: readonly Draft[], request?: string): Appended;
  release(id: ReleaseId): Release | undefined;
  openReleases(): readonly Release[];
  service(name: ServiceName): ServiceState;
  /** Rows of one release, oldest first. */
  rowsOf(release: ReleaseId): readonly Entry[];
}

/** `question`: a notice with buttons. `notice`: of a service, or of the program, where no release is concerned. */
export type MessageKind = 'card' | 'note' | 'broadcast' | 'question' | 'notice';

/** A message that waits to be told. Its words are made of the journal's row when it is sent. */
export interface OutboxItem {
  /** Grows with the rows: a later row's message has a higher one. */
  readonly id: number;
  readonly kind: MessageKind;
  /** The journal row it tells of, when it was written, and what it is about. */
  readonly seq: number;
  readonly at: string;
  readonly release?: ReleaseId;
  readonly service?: ServiceName;
  /** True: a post of it was under way when the program died. It may stand in the channel already. */
  readonly inDoubt: boolean;
}

/** Numbers of a stage under way, shown and forgotten. */
export interface Progress {
  /** One line: what is being waited for. */
  readonly text: string;
  readonly done?: number;
  readonly total?: number;
  /** What the share is of, behind its per cent: `of the bake`, `drained`. */
  readonly of?: string;
  /** The newest readings, for the node table. */
  readonly readings?: readonly NodeReading[];
  /** The same of a release of single servers. */
  readonly servers?: readonly ServersReading[];
}

/** Shows progress; null clears it. Never fails, never waits. */
export type ShowProgress = (release: ReleaseId, progress: Progress | null) => void;

/** A user group that gives a role and cannot be read now. */
export interface UnreadGroup {
  readonly group: string;
  /** What its members hold by it, and this person by nothing that is known. */
  readonly roles: readonly Role[];
  /** Slack's own word, and what helps. */
  readonly why: string;
  /** True where waiting changes nothing: a person has to. */
  readonly final: boolean;
  /** When it was last read with this person in it, ISO; in the last 24 hours. */
  readonly memberAt?: string;
}

/** What a person may do, as far as it can be known now. */
export interface Standing {
  readonly actor: Actor;
  /** Held for certain: by name, or by a group that was read. */
  readonly roles: ReadonlySet<Role>;
  /** What could be held besides; empty where everything was read that could add a role. */
  readonly unread: readonly UnreadGroup[];
  /** From another installation (Slack Connect). */
  readonly foreign: boolean;
}

/** `fresh`: every group is read now, for what gives power. `recent`: a reading of the last five minutes will do. */
export type MembershipReading = 'fresh' | 'recent';

/** Knows people: who holds which role right now. Never rejects. */
export type StandingOf = (actor: Actor, reading: MembershipReading) => Promise<Standing>;
