import type { Reply, ServersStatus } from '../commands/command.ts';
import { statusWords } from '../release/server-fitness.ts';
import { stateTitle } from '../release/states.ts';
import { shortVersion } from '../release/version.ts';
import { type Colour, fullTime, type Look, paint, plain, said } from './look.ts';
import { table } from './table.ts';

type NodeStatus = ServersStatus['nodes'][number];

const colours: Readonly<Record<NodeStatus['verdict'], Colour>> = {
  'in sync': 'green',
  drifted: 'red',
  unreachable: 'red',
};

const heads = ['NODE', 'VERDICT', 'SERVER', 'STATE', 'DESIRED', 'HEALTH', 'CHECK', 'SESSIONS'];

/** A service of single servers: a row per node and server, and what is to be said about them. */
export function showServers(
  look: Look,
  { status, at }: Extract<Reply, { kind: 'servers' }>,
): readonly string[] {
  const { state, backend, nodes, release } = status;
  const title = [
    paint(look, 'bold', state.service),
    `servers of ${backend}`,
    ...(state.servers?.version === undefined ? [] : [plain(shortVersion(state.servers.version))]),
    ...(release === undefined ? [] : [`${release.id} ${stateTitle(release.state)}`]),
  ].join(' · ');
  return [
    title,
    '',
    ...table(
      look,
      heads,
      nodes.flatMap((node) => rowsOf(look, node, status)),
    ),
    '',
    ...serversNotes(look, status),
    ...nodes.flatMap(({ sentence }) => (sentence === '' ? [] : [said(look, sentence)])),
    paint(look, 'grey', `Read at ${fullTime(look, at.at)}.`),
  ];
}

function rowsOf(
  look: Look,
  { reading, verdict }: NodeStatus,
  { state }: ServersStatus,
): readonly (readonly string[])[] {
  const own = [reading.node, paint(look, colours[verdict], verdict)];
  if (reading.kind === 'unreachable') return [[...own, '', '?', '', '', '', '']];
  if (reading.servers.length === 0) return [[...own, 'no server', '', '', '', '', '']];
  return reading.servers.map((server, i) => {
    const { name, state: held, check, sessions } = server;
    const desired = state.servers?.desired[name];
    const isOff = desired !== undefined && desired !== held;
    return [
      ...(i === 0 ? own : ['', '']),
      plain(name),
      isOff ? paint(look, 'red', held) : held,
      desired ?? '-',
      plain(statusWords(server)),
      plain(check),
      String(sessions),
    ];
  });
}

/** A lock, and what an open release needs a person for. */
export function serversNotes(look: Look, { state, release }: ServersStatus): readonly string[] {
  const { hold } = state;
  return [
    ...(hold === undefined
      ? []
      : [
          `${state.service} is locked by ${hold.by} since ${fullTime(look, hold.at)}: ${plain(hold.reason)}`,
        ]),
    ...(release?.state !== 'needs_attention' || release.attention === undefined
      ? []
      : [
          paint(look, 'red', `${release.id} needs attention: ${said(look, release.attention.why)}`),
          ...release.attention.byHand.map((line) => `  ${plain(line)}`),
        ]),
  ];
}

/** Its line among all services. */
export function serversCells(look: Look, status: ServersStatus): readonly string[] {
  const { state, backend, nodes, release } = status;
  const counts = (['in sync', 'drifted', 'unreachable'] as const)
    .map((verdict) => [verdict, nodes.filter((node) => node.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => paint(look, colours[verdict], `${count} ${verdict}`));
  return [
    state.service,
    `servers of ${backend}`,
    plain(shortVersion(state.servers?.version ?? '-')),
    release === undefined ? '-' : `${release.id} ${stateTitle(release.state)}`,
    counts.join(', '),
    '-',
  ];
}
