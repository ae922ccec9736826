import type { Reply, ServersStatus } from '../commands/command.ts';
import type { ServerHeld } from '../engine/ports.ts';
import { fitnessOf, isWell, statusWords } from '../release/server-fitness.ts';
import { stateTitle } from '../release/states.ts';
import { shortVersion } from '../release/version.ts';
import { context, header, type Message, message, section } from './message.ts';
import { openWords } from './open-words.ts';
import { bothDates, slackDate } from './slack-date.ts';
import { cutText, personText, sentenceText, typedText } from './slack-text.ts';
import { type Cell, numberCell, table, textCell } from './table-cells.ts';

const head = ['Node', 'Verdict', 'Server', 'State', 'Desired', 'Health', 'Check', 'Sessions'];

type NodeStatus = ServersStatus['nodes'][number];

/** A service of single servers: a row per node and server. */
export function serversMessage(
  { status, at }: Extract<Reply, { kind: 'servers' }>,
  timezone: string,
): Message {
  const { state, backend, nodes } = status;
  const title = `${state.service} · servers of ${backend}`;
  const when = typedText(bothDates(at.at, timezone));
  const facts = factsOf(status);
  const alarms = nodes
    .filter(({ sentence }) => sentence !== '')
    .slice(0, 8)
    .map(({ sentence }) => `⚠ ${cutText(sentenceText(sentence), 300)}`);
  const blocks = [
    header(title),
    ...[facts, alarms]
      .filter((lines) => lines.length > 0)
      .map((lines) => section(lines.join('\n'))),
    table(
      head,
      troubledFirst(nodes).flatMap((node) => rowsOf(node, status)),
    ),
    context(when),
  ];
  return message([title, ...facts, ...alarms, ...nodes.map(nodeLine), when].join('\n'), blocks);
}

function factsOf({ state, release }: ServersStatus): readonly string[] {
  const { servers, hold } = state;
  return [
    ...(servers?.release === undefined
      ? []
      : [
          `Last rolling release: ${servers.release}${servers.version === undefined ? '' : `, version ${typedText(shortVersion(servers.version))}`}`,
        ]),
    ...(release === undefined
      ? []
      : [`Open release: ${release.id} · ${stateTitle(release.state)}`]),
    ...(hold === undefined
      ? []
      : [
          `Locked by ${personText(hold.by)} ${slackDate(hold.at)}: ${cutText(typedText(hold.reason), 500)}`,
        ]),
  ];
}

/** What needs eyes comes first: a long table is cut at its end. */
function troubledFirst(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
  return [...nodes].sort(
    (a, b) => Number(b.verdict !== 'in sync') - Number(a.verdict !== 'in sync'),
  );
}

/** The node's own cells stand in the row of its first server. */
function rowsOf({ reading, verdict }: NodeStatus, status: ServersStatus): readonly Cell[][] {
  const mark = verdict === 'in sync' ? '' : '⚠ ';
  const own = [reading.node, `${mark}${verdict}`];
  if (reading.kind === 'unreachable' || reading.servers.length === 0) {
    return [[...own, '', '', '', '', '', ''].map(short)];
  }
  return reading.servers.map((server, i) => [
    ...(i === 0 ? own : [reading.node, '·']).map(short),
    ...serverCells(server, status),
  ]);
}

function serverCells(server: ServerHeld, { state }: ServersStatus): readonly Cell[] {
  const { name, state: held, check, sessions } = server;
  const desired = state.servers?.desired[name] ?? '';
  const isOff = desired !== '' && desired !== held;
  const isFine = isWell(server) || held !== 'ready' || fitnessOf(server) === 'empty';
  return [
    ...[
      name,
      `${isOff ? '⚠ ' : ''}${held}`,
      desired,
      `${isFine ? '' : '⚠ '}${statusWords(server)}`,
      check,
    ].map(short),
    numberCell(sessions),
  ];
}

function short(text: string): Cell {
  return textCell(text, 80);
}

function nodeLine({ reading, verdict }: NodeStatus): string {
  const servers =
    reading.kind === 'reached'
      ? `${reading.servers.map(({ name, state }) => `${name} ${state}`).join(', ')}, `
      : '';
  return typedText(`${reading.node}: ${servers}${verdict}`);
}

/** The cells of the overview: service, what is active, versions, open release, nodes, rollback. */
export function serversLine({ state, backend, nodes, release }: ServersStatus): readonly string[] {
  const verdicts = (['in sync', 'drifted', 'unreachable'] as const)
    .map((verdict) => [verdict, nodes.filter((node) => node.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  const alarm = nodes.some(({ verdict }) => verdict !== 'in sync') ? '⚠ ' : '';
  return [
    state.service,
    `servers of ${backend}`,
    shortVersion(state.servers?.version ?? ''),
    openWords(state.hold === undefined ? {} : { hold: state.hold }, release),
    `${alarm}${verdicts.join(', ')}`,
    '',
  ];
}
