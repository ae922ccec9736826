import type { Reply, ServiceStatus } from '../commands/command.ts';
import { shortVersion } from '../release/version.ts';
import { context, type Message, message, section } from './message.ts';
import { openWords } from './open-words.ts';
import { serversLine } from './servers-message.ts';
import { perhapsSide } from './side-words.ts';
import { bothDates } from './slack-date.ts';
import { typedText } from './slack-text.ts';
import { type Cell, sentenceCell, table, textCell } from './table-cells.ts';

const head = ['Service', 'Active', 'Versions', 'Open release', 'Nodes', 'Rollback ready'];

/** Every service on one line. */
export function overviewMessage(
  { services, servers = [], at }: Extract<Reply, { kind: 'overview' }>,
  timezone: string,
): Message {
  const when = typedText(bothDates(at.at, timezone));
  if (services.length + servers.length === 0) {
    return message(`No services. ${when}`, [section('There are no services.'), context(when)]);
  }
  const lines = [...services.map(lineOf), ...servers.map(serversLine)];
  const rows = lines.map((line): Cell[] =>
    line.map((text, index) => (index === 3 ? sentenceCell(text) : textCell(text, 200))),
  );
  const text = lines.map(spokenLine).join('\n');
  return message(`${text}\n${when}`, [table(head, rows), context(when)]);
}

/** For notifications and screen readers: what is empty is left out, what is a number is named. */
function spokenLine([
  service = '',
  active = '',
  versions = '',
  open = '',
  nodes = '',
  back = '',
]: readonly string[]) {
  const parts = [active, versions, open, nodes, back === '' ? '' : `rollback ready ${back}`];
  const said = parts.filter((part) => part !== '').join('  ·  ');
  return typedText(`${service}: ${said}`);
}

function lineOf(status: ServiceStatus): readonly string[] {
  return [
    status.state.service,
    perhapsSide(status.active),
    versionsOf(status),
    openWords(status.state, status.release),
    verdictsOf(status),
    rollbackOf(status),
  ];
}

/** The versions each side got last, as far as anybody named them. */
export function versionsOf({ state }: ServiceStatus): string {
  const { blue, green } = state.versions;
  return [
    ...(blue === undefined ? [] : [`blue ${shortVersion(blue)}`]),
    ...(green === undefined ? [] : [`green ${shortVersion(green)}`]),
  ].join(', ');
}

function verdictsOf({ nodes }: ServiceStatus): string {
  const parts = (['in sync', 'unpersisted', 'drifted', 'unreachable'] as const)
    .map((verdict) => [verdict, nodes.filter((node) => node.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  const alarm = nodes.some(({ verdict }) => verdict === 'drifted' || verdict === 'unreachable');
  return `${alarm ? '⚠ ' : ''}${parts.join(', ')}`;
}

function rollbackOf({ rollback }: ServiceStatus): string {
  if (rollback.to === undefined) return '';
  return `${rollback.ready}/${rollback.nodes} → ${perhapsSide(rollback.to)}`;
}
