import type { ObservedServer } from '../../release/plan.ts';
import { fitnessOf } from '../../release/server-fitness.ts';
import type { ServersTarget } from '../../release/target.ts';
import type { ServerName } from '../../release/vocabulary.ts';
import { withNode } from '../fleet.ts';
import type { ServerHeld, ServersReading } from '../ports.ts';
import type { ReachedServers } from './servers-fleet.ts';

/** The backend's servers as every node has them, or why there is no such list. */
export type FoundServers =
  | {
      readonly kind: 'found';
      /** With the servers, in the backend's order. */
      readonly target: ServersTarget;
      readonly observed: readonly ObservedServer[];
      readonly readings: readonly ReachedServers[];
    }
  | { readonly kind: 'apart'; readonly why: string };

/** Every node must answer, have the backend, and have the same servers in it. */
export function foundServers(
  target: ServersTarget,
  readings: readonly ServersReading[],
): FoundServers {
  const reached = readings.filter((reading) => reading.kind === 'reached');
  const silent = readings.filter((reading) => reading.kind === 'unreachable');
  if (silent.length > 0) {
    return apart(silent.map(({ node, why }) => withNode(node, why)).join('; '));
  }
  const without = reached.filter(({ exists }) => !exists);
  if (without.length > 0) {
    const nodes = without.map(({ node }) => node).join(', ');
    return apart(`there is no backend ${target.backend} on ${nodes}`);
  }
  const servers = namesOf(reached[0]);
  const other = reached.find((reading) => namesOf(reading).join() !== servers.join());
  if (other !== undefined) {
    const [here, there] = [servers.join(', '), namesOf(other).join(', ')];
    return apart(`${reached[0]?.node} has the servers ${here}, ${other.node} has ${there}`);
  }
  if (servers.length === 0) return apart(`${target.backend} has no server`);
  const observed = reached.flatMap(({ node, servers: held }) =>
    held.filter(isThere).map(({ name, state }) => ({ node, server: name, state })),
  );
  return { kind: 'found', target: { ...target, servers }, observed, readings: reached };
}

function namesOf(reading: ReachedServers | undefined): readonly ServerName[] {
  return reading?.servers.filter(isThere).map(({ name }) => name) ?? [];
}

/** A slot that has no address is no server: nothing of it can be taken or put back. */
function isThere(server: ServerHeld): boolean {
  return fitnessOf(server) !== 'empty';
}

function apart(why: string): FoundServers {
  return { kind: 'apart', why };
}
