import type { HistoryRow, Reply } from '../commands/command.ts';
import { isUtc, withMoments } from '../commands/moments.ts';
import { actorWords, withActors } from '../release/actor-words.ts';
import { counted } from '../release/counted.ts';
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
  const asked = typedText(askedOf(reply));
  if (rows.length === 0) {
    const none = `The journal has nothing for ${asked === '' ? 'that' : asked}.`;
    return message(none, [section(none)]);
  }
  const inUtc = isUtc(timezone) ? [] : ['UTC'];
  const head = ['Row', `When (${timezone})`, ...inUtc, 'About', 'Who', 'What'];
  const count = counted(rows.length, more ? 'newest row' : 'row');
  const below = `${count}${asked === '' ? '' : ` for ${asked}`}  ·  times in ${[typedText(timezone), ...inUtc].join(' and ')}`;
  return message([...rows.map((row) => typedText(lineOf(row, timezone))), below].join('\n'), [
    {
      type: 'data_table',
      caption: `History${asked === '' ? '' : ` for ${askedOf(reply)}`}`.slice(0, 200),
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

function askedOf({ asked, timezone }: Extract<Reply, { kind: 'history' }>): string {
  return withMoments(asked, (iso) => zonedDate(iso, timezone));
}

function cellsOf(row: HistoryRow, timezone: string): readonly Cell[] {
  return [
    numberCell(row.seq),
    textCell(zonedDate(row.at, timezone).replace(` ${timezone}`, '')),
    ...(isUtc(timezone) ? [] : [textCell(utcDate(row.at).slice(11))]),
    textCell(row.release ?? row.service ?? ''),
    personCell(row.actor),
    sentenceCell(row.sentence, timezone),
  ];
}

function lineOf({ seq, at, actor, sentence }: HistoryRow, timezone: string): string {
  return `#${seq} ${zonedDate(at, timezone)} ${actorWords(actor)}: ${withMoments(withActors(sentence), (iso) => zonedDate(iso, timezone))}`;
}
