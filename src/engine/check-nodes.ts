import { counted } from '../release/counted.ts';
import { heldWords } from '../release/held-words.ts';
import type { GateReport } from '../release/journal-entry.ts';
import type { NodeCheck } from '../release/node-check.ts';
import {
  type BackendReading,
  type NodeReading,
  partsOf,
  type ReachedNode,
} from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import {
  countedServers,
  servingServers,
  takesTraffic,
  unfitWords,
} from '../release/server-fitness.ts';
import type { ServiceState } from '../release/service-state.ts';
import { silentWords } from '../release/silent-words.ts';
import { type ServersTarget, type SideTarget, traitsOf } from '../release/target.ts';
import { type NodeName, type ServiceName, type Side, sides } from '../release/vocabulary.ts';
import { readFleet } from './fleet.ts';
import { judgeStanding } from './gates.ts';
import { placesOff } from './judge-drift.ts';
import type { Route, ServersReading, ServersRoute } from './ports.ts';
import { readServersFleet } from './servers/servers-fleet.ts';
import { judgeStandingServers } from './servers/servers-gates.ts';

/** What the journal knows of the service; a new one where there is no journal yet. */
interface Known {
  readonly state: ServiceState;
  readonly open: Release | undefined;
}

/** Reads every node of a service with sides and says what is not as it should be, without a release. Writes nothing. */
export async function checkSideNodes(
  route: Route,
  target: SideTarget,
  known: Known,
): Promise<readonly NodeCheck[]> {
  const readings = await readFleet(route, target, undefined, 'whole');
  return readings.map((reading) => checkSides(target, reading, known));
}

/** The same of a service of single servers. */
export async function checkServersNodes(
  route: ServersRoute,
  target: ServersTarget,
  { state }: Known,
): Promise<readonly NodeCheck[]> {
  const readings = await readServersFleet(route, target);
  return readings.map((reading) => checkServers(target, reading, state));
}

function checkSides(target: SideTarget, reading: NodeReading, known: Known): NodeCheck {
  const { node } = reading;
  const { service } = known.state;
  // What stands in memory and on disk is told together, below.
  const standing = refusals(
    judgeStanding(reading).filter(({ gate }) => gate !== 'one side, known'),
  );
  if (reading.kind === 'unreachable') return silent(service, reading);
  const { memory, disk, version } = reading;
  const active = memory.kind === 'side' ? memory.side : undefined;
  const missing = sides.flatMap((side) => backendsMissing(node, partsOf(reading.sides[side])));
  const idle = missing.length > 0 ? [] : sides.filter((side) => !takesTraffic(reading.sides[side]));
  return {
    service,
    node,
    version,
    memory: heldWords(memory),
    disk: disk.kind === 'none' ? undefined : heldWords(disk),
    servers: sides
      .map((side) => `${side} ${shareWords([...partsOf(reading.sides[side])])}`)
      .join(', '),
    problems: [
      ...standing,
      ...placesWords(target, reading, known),
      ...missing,
      ...idle
        .filter((side) => side === active)
        .map((side) => `${node}: ${idleWords(side, reading.sides[side])}, and it has the traffic.`),
    ],
    notes: idle
      .filter((side) => side !== active)
      .map(
        (side) =>
          `${node}: ${idleWords(side, reading.sides[side])}. A release to ${side} waits for its servers.`,
      ),
  };
}

function checkServers(
  { backend }: ServersTarget,
  reading: ServersReading,
  { service }: ServiceState,
): NodeCheck {
  const { node } = reading;
  const problems = refusals(judgeStandingServers(backend, reading));
  if (reading.kind === 'unreachable') return silent(service, reading);
  const { servers, exists, version } = reading;
  const all = countedServers({ servers });
  const serving = servingServers({ servers });
  return {
    service,
    node,
    version,
    memory: undefined,
    disk: undefined,
    servers: exists ? `${backend} ${serving.length}/${all.length}` : '',
    problems: [
      ...problems,
      ...(exists && serving.length === 0 ? [`${node}: no server of ${backend} takes users.`] : []),
    ],
    notes:
      exists && serving.length === 1
        ? [
            `${node}: only one server of ${backend} takes users, and the last one is never taken out.`,
          ]
        : [],
  };
}

/** Memory and disk against what the journal wants; where nobody has decided yet, against each other. */
function placesWords(target: SideTarget, reading: ReachedNode, known: Known): readonly string[] {
  const { node, memory, disk } = reading;
  const undecided = known.state.switchedTo === undefined;
  if (undecided && memory.kind === 'side' && disk.kind === 'side' && memory.side !== disk.side) {
    return [
      `${node} has ${memory.side} in memory and ${disk.side} on disk: a reload would move its traffic to ${disk.side}.`,
    ];
  }
  const traits = traitsOf(target);
  return placesOff(reading, { ...known, traits }).map(({ sentence }) => sentence);
}

function silent(
  service: ServiceName,
  { node, why }: Extract<NodeReading | ServersReading, { kind: 'unreachable' }>,
): NodeCheck {
  const unknown = { version: undefined, memory: undefined, disk: undefined };
  return { service, node, ...unknown, servers: '', problems: [silentWords(node, why)], notes: [] };
}

function refusals(gates: readonly GateReport[]): readonly string[] {
  return gates
    .filter(({ result }) => result !== 'successful')
    .map(({ sentence }) => `${sentence.replace(/\.$/, '')}.`);
}

function backendsMissing(node: NodeName, parts: readonly BackendReading[]): readonly string[] {
  return parts
    .filter(({ exists }) => !exists)
    .map(
      ({ backend }) => `${node}: there is no ${backend}: traffic moved to it is answered with 503.`,
    );
}

function shareWords(parts: readonly BackendReading[]): string {
  const serving = parts.flatMap(servingServers).length;
  return `${serving}/${parts.flatMap(countedServers).length}`;
}

function idleWords(side: Side, reading: BackendReading): string {
  const why = unfitWords(reading);
  const none = `no server of ${side} takes users`;
  if (why.length > 0) return `${none} (${why.join(', ')})`;
  return `${none} (${reading.backend} has ${counted(reading.servers.length, 'server')})`;
}
