import type { Entry } from './journal-entry.ts';
import { serversOf } from './plan.ts';
import { isServersRelease, type Release, type ServersRelease } from './release.ts';
import type { ReleaseId, ServerName, ServerState } from './vocabulary.ts';

/** What the servers of a service shall be, by its journal. */
export interface ServersState {
  /** On every node. A server that no release ever touched is not in it: it shall be what HAProxy's configuration says. */
  readonly desired: Readonly<Record<ServerName, ServerState>>;
  /** The last rolling release that came to its end. */
  readonly release?: ReleaseId;
  readonly version?: string;
}

/** What the servers shall be after one more row; undefined where the row says nothing of it. */
export function desiredServers(
  before: ServersState | undefined,
  { what }: Entry,
  release: Release | undefined,
): ServersState | undefined {
  if (release === undefined || !isServersRelease(release)) return undefined;
  const { desired } = before ?? { desired: {} };
  if (what.kind === 'servers_intent' && what.effect === 'state') {
    const meant = Object.fromEntries(what.settings.map(({ server, state }) => [server, state]));
    return { ...before, desired: { ...desired, ...meant } };
  }
  if (what.kind !== 'ended' || release.servers === undefined) return undefined;
  if (what.state !== 'completed') {
    return { ...before, desired: { ...desired, ...asBefore(desired, release) } };
  }
  return {
    ...before,
    ...(release.plan.kind === 'rolling' ? byRolling(release) : {}),
    desired: { ...desired, ...asPlanned(release) },
  };
}

function byRolling({ id, plan }: ServersRelease): Pick<ServersState, 'release' | 'version'> {
  return { release: id, ...(plan.version === undefined ? {} : { version: plan.version }) };
}

/** Where a release leaves its servers: those that were taken in turn are ready again. */
function asPlanned({ plan }: ServersRelease): Readonly<Record<string, ServerState>> {
  return Object.fromEntries(
    plan.steps.flatMap((step) =>
      serversOf(step).map((server) => [server, step.kind === 'set' ? step.state : 'ready']),
    ),
  );
}

/** Of the servers that it began to take: what they were when it was planned. */
function asBefore(
  desired: ServersState['desired'],
  { plan }: ServersRelease,
): Readonly<Record<string, ServerState>> {
  return Object.fromEntries(
    plan.observed
      .filter(({ server }) => desired[server] !== undefined)
      .map(({ server, state }) => [server, state]),
  );
}
