import { desiredServers, type ServersState } from './desired-servers.ts';
import type { Entry, Happening, Instant } from './journal-entry.ts';
import { isSideRelease, type Release, type SideRelease } from './release.ts';
import { isEnd } from './states.ts';
import {
  type Actor,
  type ReleaseId,
  type ServiceName,
  type Side,
  unreachable,
} from './vocabulary.ts';

/** A side that somebody's word stands behind. */
export interface Accepted {
  readonly side: Side;
  readonly by: Actor;
  readonly at: string;
  /** Undefined where it was adopted without a release. */
  readonly release?: ReleaseId;
  readonly version?: string;
}

/** The one release that `/rollback` takes back when none is open, and the side that it goes to. */
export interface WayBack {
  readonly to: Side;
  readonly takesBack: ReleaseId;
}

/**
 * Why the present side is the stable one and there is nothing left to take back: a release was taken back, a person
 * named the side, or a release towards the other side was begun and did not stay there.
 */
export type Stable =
  | {
      readonly kind: 'taken_back' | 'named';
      readonly by: Actor;
      /** ISO. */
      readonly at: string;
      readonly release: ReleaseId;
    }
  | { readonly kind: 'begun'; readonly release: ReleaseId };

/** Nobody releases until it is unlocked. */
export interface Hold {
  readonly by: Actor;
  readonly at: string;
  readonly reason: string;
}

/** What the journal knows of a service: a fold over its rows. */
export interface ServiceState {
  readonly service: ServiceName;
  /** Set once people were told how the first look found it. */
  readonly found?: true;
  /** The side accepted last: desired disk. */
  readonly accepted?: Accepted;
  /** Set by the acceptance of a release that moved forward, used up by the first word that takes it back. */
  readonly wayBack?: WayBack;
  /** Set instead of it. */
  readonly stable?: Stable;
  /** Desired memory: the side last switched to. */
  readonly switchedTo?: Side;
  /** The last version released to each side. */
  readonly versions: Partial<Readonly<Record<Side, string>>>;
  /** Of a service of single servers: what each shall be. */
  readonly servers?: ServersState;
  readonly hold?: Hold;
  /** Of an ended release beyond its point of no return: the first of the two people who take it back. */
  readonly returnAsked?: { readonly of: ReleaseId; readonly by: Actor; readonly at: Instant };
  /** The open release: it holds the service's lock. */
  readonly open?: ReleaseId;
  readonly lastNumber: number;
}

export function newService(service: ServiceName): ServiceState {
  return { service, versions: {}, lastNumber: 0 };
}

/** The service after one more row; `release` is its release after that row, where the row has one. */
export function foldService(
  state: ServiceState,
  entry: Entry,
  release: Release | undefined,
): ServiceState {
  const { what } = entry;
  switch (what.kind) {
    case 'adopted':
      return {
        ...state,
        accepted: { side: what.side, by: entry.actor, at: entry.instant.at },
        switchedTo: what.side,
      };
    case 'found':
      return { ...state, found: true };
    case 'held':
      return { ...state, hold: { by: entry.actor, at: entry.instant.at, reason: what.reason } };
    case 'unheld': {
      const { hold: _, ...free } = state;
      return free;
    }
    case 'return_asked':
      return withReturn(state, entry, what.of);
    case 'requested':
      return { ...state, open: entry.release ?? '', lastNumber: what.number };
    case 'intent':
      return withIntent(begun(state, release), what);
    case 'hook_started':
      return begun(state, release);
    case 'servers_intent':
      return withServers(state, entry, release);
    case 'going_back':
    case 'accepted':
    case 'settling':
    case 'settled':
    case 'ended':
      if (release === undefined) return state;
      return isSideRelease(release)
        ? foldDecision(state, entry, release)
        : closed(withServers(state, entry, release), release);
    default:
      return state;
  }
}

/** Where traffic is sent from now on; what is only inherited was sent before. */
function withIntent(
  state: ServiceState,
  what: Extract<Happening, { kind: 'intent' }>,
): ServiceState {
  if (what.effect !== 'memory' || what.inherits !== undefined) return state;
  return { ...state, switchedTo: what.to };
}

function withReturn(state: ServiceState, { actor, instant }: Entry, of?: ReleaseId): ServiceState {
  return of === undefined ? state : { ...state, returnAsked: { of, by: actor, at: instant } };
}

function withServers(
  state: ServiceState,
  entry: Entry,
  release: Release | undefined,
): ServiceState {
  const servers = desiredServers(state.servers, entry, release);
  return servers === undefined ? state : { ...state, servers };
}

/** Rows of a release that move what the service shall have. */
function foldDecision(state: ServiceState, entry: Entry, release: SideRelease): ServiceState {
  const { what } = entry;
  switch (what.kind) {
    case 'going_back':
      return { ...state, switchedTo: release.plan.from };
    case 'accepted':
      return afterAcceptance(state, entry, release);
    case 'settling':
      return { ...state, switchedTo: what.side };
    case 'settled':
      return afterSettling(state, entry, release, what.side);
    default:
      return closedOnAccepted(state, release);
  }
}

/** With no release open the nodes shall have what was accepted: nothing else is a decision of anybody. */
function closedOnAccepted(state: ServiceState, release: Release): ServiceState {
  const { accepted } = state;
  return closed(accepted === undefined ? state : { ...state, switchedTo: accepted.side }, release);
}

/**
 * From its first effect on, a hook's or a write's, a release may have changed what the other side is: the way back that
 * led there is gone. One that ended before it, at a gate, has changed nothing.
 */
function begun(state: ServiceState, release: Release | undefined): ServiceState {
  if (release === undefined || !isSideRelease(release)) return state;
  const { plan, acceptedBy } = release;
  if (plan.kind !== 'forward' || acceptedBy !== undefined) return state;
  return stableNow(state, { kind: 'begun', release: release.id });
}

function afterAcceptance(state: ServiceState, entry: Entry, release: SideRelease): ServiceState {
  const { plan } = release;
  const moved = onSide(state, entry, release, plan.to);
  switch (plan.kind) {
    case 'forward':
      return forwardTo(moved, release);
    case 'rollback':
      return stableNow(moved, said('taken_back', entry, release));
    case 'adopt':
      return state.accepted?.side === plan.to
        ? moved
        : stableNow(moved, said('named', entry, release));
    default:
      return unreachable(plan.kind);
  }
}

/** Where it ends on the side it came from, it was taken back; anywhere else an operator's word counts. */
function afterSettling(
  state: ServiceState,
  entry: Entry,
  release: SideRelease,
  side: Side,
): ServiceState {
  if (state.accepted?.side === side) return state;
  const { plan, settling } = release;
  const moved = onSide(state, entry, release, side);
  if (plan.kind === 'forward' && side === plan.to) return forwardTo(moved, release);
  const how = settling?.foreign === 'kept' ? 'taken_back' : 'named';
  return stableNow(moved, said(how, entry, release));
}

/** The side that counts from now on, by whose word. */
function onSide(
  state: ServiceState,
  entry: Entry,
  { id, plan }: SideRelease,
  side: Side,
): ServiceState {
  const released = side === plan.to ? plan.version : undefined;
  const isNew = plan.kind === 'forward' && side === plan.to;
  const version = isNew ? released : (released ?? state.versions[side]);
  return {
    ...state,
    accepted: {
      side,
      by: entry.actor,
      at: entry.instant.at,
      release: id,
      ...(version === undefined ? {} : { version }),
    },
    switchedTo: side,
    versions: released === undefined ? state.versions : { ...state.versions, [side]: released },
  };
}

function forwardTo(state: ServiceState, { id, plan }: SideRelease): ServiceState {
  const { stable: _, ...rest } = state;
  return { ...rest, wayBack: { to: plan.from, takesBack: id } };
}

function stableNow(state: ServiceState, stable: Stable): ServiceState {
  const { wayBack: _, ...rest } = state;
  return { ...rest, stable };
}

function said(kind: 'taken_back' | 'named', entry: Entry, { id }: SideRelease): Stable {
  return { kind, by: entry.actor, at: entry.instant.at, release: id };
}

function closed(state: ServiceState, release: Release): ServiceState {
  if (!isEnd(release.state)) return state;
  const { open: _, ...free } = state;
  return free;
}
