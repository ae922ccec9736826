import type { Reply, ServiceStatus } from '../commands/command.ts';
import type { NodeStatus, Verdict } from '../release/node-status.ts';
import { oldWorkerNotes } from '../release/old-worker-words.ts';
import { partsOf, type ReachedNode, type ServerReading } from '../release/reading.ts';
import { fitnessOf, isWell, statusWords } from '../release/server-fitness.ts';
import { stateTitle } from '../release/states.ts';
import { type Side, sides } from '../release/vocabulary.ts';
import { context, header, type Message, message, section } from './message.ts';
import { versionsOf } from './overview-message.ts';
import { heldCell, perhapsSide } from './side-words.ts';
import { bothDates, slackDate } from './slack-date.ts';
import { cutText, personText, sentenceText, typedText } from './slack-text.ts';
import { type Cell, numberCell, table, textCell } from './table-cells.ts';

const head = [
  'Node',
  'Memory',
  'Disk',
  'Desired',
  'Verdict',
  'Server',
  'Status',
  'Check',
  'Sessions',
];

/** The health table: a row per node with its verdict, then a row per server of it. */
export function serviceMessage(
  { status, at }: Extract<Reply, { kind: 'service' }>,
  timezone: string,
): Message {
  const title = `${status.state.service} · ${perhapsSide(status.active)}`;
  const when = typedText(bothDates(at.at, timezone));
  const facts = factsOf(status);
  const alarms = [alarmsOf(status), oldWorkersOf(status)].filter((lines) => lines.length > 0);
  return message(
    [title, ...facts, ...alarms.flat(), ...status.nodes.map(nodeLine), when].join('\n'),
    [
      header(title),
      section(facts.join('\n')),
      ...alarms.map((lines) => section(lines.join('\n'))),
      table(head, troubledFirst(status.nodes).flatMap(rowsOf)),
      context(when),
    ],
  );
}

function factsOf(status: ServiceStatus): readonly string[] {
  const { state, release, rollback } = status;
  const versions = versionsOf(status);
  return [
    ...(versions === '' ? [] : [`Versions: ${typedText(versions)}`]),
    ...(state.accepted === undefined
      ? []
      : [
          `Accepted: *${state.accepted.side}* by ${personText(state.accepted.by)} ${slackDate(state.accepted.at)}`,
        ]),
    ...(release === undefined
      ? []
      : [`Open release: ${release.id} · ${stateTitle(release.state)}`]),
    ...(state.hold === undefined
      ? []
      : [
          `Locked by ${personText(state.hold.by)} ${slackDate(state.hold.at)}: ${cutText(typedText(state.hold.reason), 500)}`,
        ]),
    rollback.to === undefined
      ? sentenceText(rollback.sentence)
      : `Rollback ready ${rollback.ready}/${rollback.nodes}, to ${rollback.to}.`,
  ];
}

const alarming: ReadonlySet<Verdict> = new Set(['drifted', 'unreachable']);

function alarmsOf({ nodes }: ServiceStatus): readonly string[] {
  const told = nodes.filter(({ verdict }) => alarming.has(verdict));
  return atMostEight(
    told.map(({ node, sentence }) => `⚠ *${typedText(node)}*: ${shortSentence(sentence)}`),
  );
}

function oldWorkersOf({ nodes }: ServiceStatus): readonly string[] {
  return atMostEight(nodes.flatMap(oldWorkerNotes).map((note) => `⚠ ${shortSentence(note)}`));
}

function shortSentence(sentence: string): string {
  return cutText(sentenceText(sentence), 300);
}

function atMostEight(lines: readonly string[]): readonly string[] {
  return lines.length > 8 ? [...lines.slice(0, 8), `+${lines.length - 8} more`] : lines;
}

/** What needs eyes comes first: a long table is cut at its end. */
function troubledFirst(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
  return [...nodes].sort(
    (a, b) => Number(alarming.has(b.verdict)) - Number(alarming.has(a.verdict)),
  );
}

/** The node's own cells stand in the row of its first server. */
function rowsOf(status: NodeStatus): readonly (readonly Cell[])[] {
  const { node, reading } = status;
  const verdict = `${alarming.has(status.verdict) ? '⚠ ' : ''}${status.verdict}`;
  const places =
    reading.kind === 'reached' ? [heldCell(reading.memory), heldCell(reading.disk)] : ['', ''];
  const [first = noServer, ...others] =
    reading.kind === 'reached' ? sides.flatMap((side) => serverCells(reading, side)) : [];
  return [
    [...[node, ...places, desiredOf(status), verdict].map(short), ...first],
    ...others.map((cells) => [...[node, same, same, same, same].map(short), ...cells]),
  ];
}

const same = '·';
const noServer: readonly Cell[] = ['', '', '', ''].map(short);

function short(text: string): Cell {
  return textCell(text, 80);
}

function desiredOf({ desiredMemory, desiredDisk, reading }: NodeStatus): string {
  const kept = reading.kind !== 'reached' || reading.disk.kind !== 'none';
  if (desiredMemory === desiredDisk || !kept) return perhapsSide(desiredMemory);
  return `${perhapsSide(desiredMemory)}, disk ${desiredDisk ?? 'unknown'}`;
}

function serverCells(reading: ReachedNode, side: Side): readonly (readonly Cell[])[] {
  const { servers } = reading.sides[side];
  const missing = partsOf(reading.sides[side]).filter(({ exists }) => !exists);
  return [
    ...missing.map(({ backend }) =>
      [`${side}: no backend ${backend}`, '⚠ missing', '', ''].map(short),
    ),
    ...(missing.length > 0 ? [] : servers).map((server) => [
      ...[`${side} ${server.name}`, marked(server), server.check].map(short),
      numberCell(server.sessions),
    ]),
  ];
}

/** A backup that is well is as it should be, and so is a slot that nobody fills. */
function marked(server: ServerReading): string {
  const isFine = isWell(server) || fitnessOf(server) === 'empty';
  return isFine ? statusWords(server) : `⚠ ${statusWords(server)}`;
}

function nodeLine({ node, reading, verdict }: NodeStatus): string {
  const places =
    reading.kind === 'reached'
      ? `memory ${heldCell(reading.memory)}, disk ${heldCell(reading.disk)}, `
      : '';
  return typedText(`${node}: ${places}${verdict}`);
}
