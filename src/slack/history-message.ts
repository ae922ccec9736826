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
  const head = ['Row', 'About', 'What', 'Who', `When (${timezone})`, ...inUtc];
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

/** What a phone shows first is what happened; when it did stands behind it. */
function cellsOf(row: HistoryRow, timezone: string): readonly Cell[] {
  const about = row.release ?? row.service ?? '';
  return [
    numberCell(row.seq),
    textCell(about),
    sentenceCell(withoutSubject(row.sentence, about), timezone),
    personCell(row.actor),
    textCell(zonedDate(row.at, timezone).replace(` ${timezone}`, '')),
    ...(isUtc(timezone) ? [] : [textCell(utcDate(row.at).slice(11))]),
  ];
}

/** The sentence alone: what it is about has a cell of its own. */
function withoutSubject(sentence: string, about: string): string {
  return sentence.startsWith(`${about}: `) ? sentence.slice(about.length + 2) : sentence;
}

function lineOf({ seq, at, actor, sentence }: HistoryRow, timezone: string): string {
  return `#${seq} ${zonedDate(at, timezone)} ${actorWords(actor)}: ${withMoments(withActors(sentence), (iso) => zonedDate(iso, timezone))}`;
}
