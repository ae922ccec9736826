import type { Reply, ServiceStatus } from '../commands/command.ts';
import { heldWords } from '../release/held-words.ts';
import { oldWorkerNotes } from '../release/old-worker-words.ts';
import type { ServerReading } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import { type Fitness, fitnessOf, statusWords } from '../release/server-fitness.ts';
import type { ServiceState } from '../release/service-state.ts';
import { stateTitle } from '../release/states.ts';
import { shortVersion } from '../release/version.ts';
import { type Side, sides } from '../release/vocabulary.ts';
import { type Colour, fullTime, type Look, paint, plain, said, sideWords } from './look.ts';
import { serversCells, serversNotes } from './show-servers.ts';
import { table } from './table.ts';

type Verdict = ServiceStatus['nodes'][number]['verdict'];
type NodeStatus = ServiceStatus['nodes'][number];

const verdictColours: Readonly<Record<Verdict, Colour>> = {
  'in sync': 'green',
  unpersisted: 'yellow',
  drifted: 'red',
  unreachable: 'red',
};

/** Every service on one line. */
export function showOverview(
  look: Look,
  { services, servers = [], at }: Extract<Reply, { kind: 'overview' }>,
): readonly string[] {
  const heads = ['SERVICE', 'ACTIVE', 'VERSIONS', 'RELEASE', 'NODES', 'ROLLBACK'];
  const rows = services.map((status) => [
    status.state.service,
    sideWords(look, status.active),
    versionWords(status.state),
    releaseWords(look, status.release),
    nodesWords(look, status.nodes),
    rollbackWords(look, status.rollback),
  ]);
  const single = servers.map((status) => serversCells(look, status));
  const notes = [
    ...services.flatMap((status) => notesOf(look, status)),
    ...servers.flatMap((status) => serversNotes(look, status)),
  ];
  return [...table(look, heads, [...rows, ...single]), ...notes, readAt(look, at.at)];
}

/** One service: a row per node and server, and what is to be said about them. */
export function showService(
  look: Look,
  { status, at }: Extract<Reply, { kind: 'service' }>,
): readonly string[] {
  const { state, release } = status;
  const versions = versionWords(state);
  const title = [
    paint(look, 'bold', state.service),
    `active ${sideWords(look, status.active)}`,
    ...(versions === '-' ? [] : [versions]),
    ...(release === undefined ? [] : [releaseWords(look, release)]),
  ].join(' · ');
  return [
    title,
    '',
    ...table(
      look,
      nodeHeads,
      status.nodes.flatMap((node) => nodeRows(look, node)),
    ),
    '',
    ...notesOf(look, status),
    ...status.nodes.flatMap(({ sentence }) => (sentence === '' ? [] : [said(look, sentence)])),
    ...status.nodes.flatMap(oldWorkerNotes).map(plain),
    said(look, status.rollback.sentence),
    readAt(look, at.at),
  ];
}

const nodeHeads = [
  'NODE',
  'MEMORY',
  'DISK',
  'DESIRED',
  'VERDICT',
  'SIDE',
  'SERVER',
  'STATUS',
  'CHECK',
  'SESSIONS',
];

function nodeRows(look: Look, node: NodeStatus): readonly (readonly string[])[] {
  const { reading } = node;
  const verdict = paint(look, verdictColours[node.verdict], node.verdict);
  if (reading.kind === 'unreachable') {
    return [[node.node, '?', '?', desiredWords(node), verdict, '', '', '', '', '']];
  }
  const [memory, disk] = [plain(heldWords(reading.memory)), plain(heldWords(reading.disk))];
  const own = [node.node, memory, disk, desiredWords(node), verdict];
  const servers = sides.flatMap((side) => serverRows(look, side, reading.sides[side].servers));
  if (servers.length === 0) return [[...own, '', 'no server', '', '', '']];
  return servers.map((server, i) => [...(i === 0 ? own : ['', '', '', '', '']), ...server]);
}

function serverRows(
  look: Look,
  side: Side,
  servers: readonly ServerReading[],
): readonly (readonly string[])[] {
  return servers.map((server) => [
    sideWords(look, side),
    plain(server.name),
    paint(look, fitnessColours[fitnessOf(server)], plain(statusWords(server))),
    plain(server.check),
    String(server.sessions),
  ]);
}

const fitnessColours: Readonly<Record<Fitness, Colour>> = {
  serves: 'green',
  wavers: 'yellow',
  backup: 'yellow',
  empty: 'grey',
  weightless: 'yellow',
  out: 'yellow',
  down: 'red',
};

/** Memory and disk as they should be; one word where they are the same. */
function desiredWords({ desiredMemory, desiredDisk, reading }: NodeStatus): string {
  const [memory, disk] = [desiredMemory ?? '-', desiredDisk ?? '-'];
  const kept = reading.kind !== 'reached' || reading.disk.kind !== 'none';
  return memory === disk || !kept ? memory : `${memory}, disk ${disk}`;
}

function versionWords({ versions }: ServiceState): string {
  const known = sides.flatMap((side) =>
    versions[side] === undefined ? [] : [`${side} ${plain(shortVersion(versions[side]))}`],
  );
  return known.join(', ') || '-';
}

function releaseWords(look: Look, release: Release | undefined): string {
  if (release === undefined) return '-';
  const words = `${release.id} ${stateTitle(release.state)}`;
  return release.state === 'needs_attention' ? paint(look, 'red', words) : words;
}

function nodesWords(look: Look, nodes: readonly NodeStatus[]): string {
  const verdicts = Object.keys(verdictColours) as readonly Verdict[];
  return verdicts
    .map((verdict) => [verdict, nodes.filter((node) => node.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => paint(look, verdictColours[verdict], `${count} ${verdict}`))
    .join(', ');
}

function rollbackWords(look: Look, { to, ready, nodes }: ServiceStatus['rollback']): string {
  if (to === undefined) return '-';
  return paint(look, ready === nodes ? 'green' : 'red', `${to} ready ${ready}/${nodes}`);
}

function notesOf(look: Look, { state, release }: ServiceStatus): readonly string[] {
  const { hold } = state;
  return [
    ...(hold === undefined
      ? []
      : [
          `${state.service} is locked by ${hold.by} since ${fullTime(look, hold.at)}: ${plain(hold.reason)}`,
        ]),
    ...(release?.attention === undefined
      ? []
      : [
          paint(look, 'red', `${release.id} needs attention: ${said(look, release.attention.why)}`),
          ...release.attention.byHand.map((line) => `  ${plain(line)}`),
        ]),
  ];
}

function readAt(look: Look, iso: string): string {
  return paint(look, 'grey', `Read at ${fullTime(look, iso)}.`);
}
