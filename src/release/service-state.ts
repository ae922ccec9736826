import { desiredServers, type ServersState } from './desired-servers.ts';
import type { Entry, Happening, Instant } from './journal-entry.ts';
import { isSideRelease, type Release, type SideRelease } from './release.ts';
import { isEnd } from './states.ts';
import {
  type Actor,
  otherSide,
  type ReleaseId,
  type ServiceName,
  type Side,
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

/** Nobody releases until it is unlocked. */
export interface Hold {
  readonly by: Actor;
  readonly at: string;
  readonly reason: string;
}

/** What the journal knows of a service: a fold over its rows. */
export interface ServiceState {
  readonly service: ServiceName;
  /** The side accepted last: desired disk. */
  readonly accepted?: Accepted;
  /** The side accepted before the present one: where a rollback goes. */
  readonly previous?: Accepted;
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
      return withIntent(state, what);
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

function afterAcceptance(state: ServiceState, entry: Entry, release: SideRelease): ServiceState {
  const { plan } = release;
  const accepted: Accepted = {
    side: plan.to,
    by: entry.actor,
    at: entry.instant.at,
    release: release.id,
    ...versionOf(plan.version ?? (plan.kind === 'forward' ? undefined : state.versions[plan.to])),
  };
  return {
    ...state,
    accepted,
    switchedTo: plan.to,
    versions:
      plan.version === undefined ? state.versions : { ...state.versions, [plan.to]: plan.version },
    ...(state.accepted === undefined || state.accepted.side === plan.to
      ? {}
      : { previous: state.accepted }),
  };
}

function afterSettling(
  state: ServiceState,
  entry: Entry,
  release: SideRelease,
  side: Side,
): ServiceState {
  if (state.accepted?.side === side) return state;
  return afterAcceptance(state, entry, {
    ...release,
    plan: { ...release.plan, to: side, from: otherSide(side) },
  });
}

function closed(state: ServiceState, release: Release): ServiceState {
  if (!isEnd(release.state)) return state;
  const { open: _, ...free } = state;
  return free;
}

function versionOf(version: string | undefined): { version?: string } {
  return version === undefined ? {} : { version };
}
