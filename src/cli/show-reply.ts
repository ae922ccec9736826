import type { HistoryRow, Reply } from '../commands/command.ts';
import { isUtc } from '../commands/moments.ts';
import { unreachable } from '../release/vocabulary.ts';
import { fullTime, type Look, localTime, paint, plain, said } from './look.ts';
import { showServers } from './show-servers.ts';
import { showOverview, showService } from './show-status.ts';
import { table } from './table.ts';

/** A reply as lines for a terminal. */
export function showReply(look: Look, reply: Reply): readonly string[] {
  switch (reply.kind) {
    case 'done':
    case 'refused':
    case 'malfunction':
      return reply.text.split('\n').map((line) => said(look, line));
    case 'silent':
      return [];
    case 'overview':
      return [...showOverview(look, reply), ...untoldLines(look, reply)];
    case 'service':
      return [...showService(look, reply), ...untoldLines(look, reply)];
    case 'servers':
      return [...showServers(look, reply), ...untoldLines(look, reply)];
    case 'history':
      return showHistory(look, reply);
    case 'at':
      return [
        said(look, reply.sentence),
        paint(look, 'grey', `Asked for ${fullTime(look, reply.time)}.`),
      ];
    case 'plan':
      return [
        ...reply.sentences.map((line) => said(look, line)),
        paint(look, 'grey', `Plan digest ${reply.digest}`),
      ];
    case 'help':
      return reply.lines.flatMap((line) => showHelp(look, line)).slice(1);
    default:
      return unreachable(reply);
  }
}

function untoldLines(look: Look, { untold = [] }: { readonly untold?: readonly string[] }) {
  return untold.map((sentence) => paint(look, 'red', said(look, sentence)));
}

/** The form on a line of its own, what it does below it. */
function showHelp(look: Look, line: string): readonly string[] {
  const [, form, does] = /^`([^`]+)` ?(.*)$/.exec(said(look, line)) ?? [];
  const words = (does ?? said(look, line)).replaceAll('`', '');
  if (form === undefined) return ['', paint(look, 'bold', `${words}:`)];
  return [`  ${form}`, ...(words === '' ? [] : [`      ${words}`])];
}

/** What it is about has a column of its own. */
function withoutSubject({ sentence, release, service }: HistoryRow): string {
  const about = `${release ?? service ?? ''}: `;
  return sentence.startsWith(about) ? sentence.slice(about.length) : sentence;
}

function showHistory(
  look: Look,
  { rows, more, timezone, asked }: Extract<Reply, { kind: 'history' }>,
): readonly string[] {
  const there = { ...look, timezone };
  if (rows.length === 0) return [`The journal has no rows: ${said(there, asked)}.`];
  const inUtc = isUtc(timezone) ? [] : ['UTC'];
  const heads = ['#', `TIME (${timezone})`, ...inUtc, 'SERVICE', 'RELEASE', 'WHO', 'WHAT'];
  const cells = rows.map((row) => [
    String(row.seq),
    localTime(there, row.at),
    ...inUtc.map(() => localTime({ ...look, timezone: 'utc' }, row.at).slice(11)),
    row.service ?? '-',
    row.release ?? '-',
    plain(row.actor),
    said(look, withoutSubject(row)),
  ]);
  const rest = more ? ['There are more rows; ask for less: a service, since, or by.'] : [];
  return [...table(look, heads, cells), ...rest];
}
