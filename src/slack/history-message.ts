import type { HistoryRow, Reply } from '../commands/command.ts';
import { context, type Message, message, section } from './message.ts';
import { utcDate, zonedDate } from './slack-date.ts';
import { typedText } from './slack-text.ts';
import {
  type Cell,
  fittingRows,
  numberCell,
  personCell,
  sentenceCell,
  textCell,
} from './table-cells.ts';

/** What the journal knows, sortable and in pages; times in the asker's zone and in UTC. */
export function historyMessage(reply: Extract<Reply, { kind: 'history' }>): Message {
  const { rows, timezone, more } = reply;
  const asked = typedText(reply.asked);
  if (rows.length === 0) {
    const none = `The journal has nothing for ${asked === '' ? 'that' : asked}.`;
    return message(none, [section(none)]);
  }
  const head = ['Row', `When (${timezone})`, 'UTC', 'About', 'Who', 'What'];
  const count = `${rows.length}${more ? ' newest' : ''} ${rows.length === 1 ? 'row' : 'rows'}`;
  const below = `${count}${asked === '' ? '' : ` for ${asked}`}  ·  times in ${typedText(timezone)} and UTC`;
  return message([...rows.map((row) => typedText(lineOf(row, timezone))), below].join('\n'), [
    {
      type: 'data_table',
      caption: `History${reply.asked === '' ? '' : ` for ${reply.asked}`}`.slice(0, 200),
      page_size: 20,
      row_header_column_index: 0,
      rows: fittingRows(
        head,
        rows.map((row) => cellsOf(row, timezone)),
        101,
      ),
    },
    context(below),
  ]);
}

function cellsOf(row: HistoryRow, timezone: string): readonly Cell[] {
  return [
    numberCell(row.seq),
    textCell(zonedDate(row.at, timezone).replace(` ${timezone}`, '')),
    textCell(utcDate(row.at).slice(11)),
    textCell(row.release ?? row.service ?? ''),
    personCell(row.actor),
    sentenceCell(row.sentence),
  ];
}

function lineOf({ seq, at, actor, sentence }: HistoryRow, timezone: string): string {
  return `#${seq} ${zonedDate(at, timezone)} ${actor}: ${sentence}`;
}
