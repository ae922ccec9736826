import type {
  RawNumberElement,
  RawTextElement,
  RichTextBlock,
  RichTextSection,
  TableBlock,
} from '@slack/types';
import { withMoments } from '../commands/moments.ts';
import { actorWords, withActors } from '../release/actor-words.ts';
import { zonedDate } from './slack-date.ts';
import { cleanText, isSlackUser, namedPerson, oneLine } from './slack-text.ts';

export type Cell = RawTextElement | RawNumberElement | RichTextBlock;

// Slack counts the characters of all cells of one message; some room is left for its own counting.
const characterLimit = 9_500;
const cellLimit = 500;

/** A cell of literal text; Slack refuses an empty one. */
export function textCell(text: string, limit = cellLimit): RawTextElement {
  const clean = oneLine(text);
  const kept = clean.length > limit ? `${[...clean].slice(0, limit - 1).join('')}…` : clean;
  return { type: 'raw_text', text: kept === '' ? '–' : kept };
}

export function numberCell(value: number): RawNumberElement {
  return { type: 'raw_number', value, text: String(value) };
}

/** A sentence of the domain as a cell: the people it names are people, all else is literal. */
export function sentenceCell(text: string, timezone = 'UTC'): Cell {
  const said = withMoments(withActors(text), (iso) => zonedDate(iso, timezone));
  const clean = oneLine(said).slice(0, cellLimit);
  const elements: RichTextSection['elements'] = [];
  let from = 0;
  for (const match of clean.matchAll(namedPerson)) {
    if (match.index > from) elements.push({ type: 'text', text: clean.slice(from, match.index) });
    elements.push({ type: 'user', user_id: match[1] ?? '' });
    from = match.index + match[0].length;
  }
  if (elements.length === 0) return textCell(said);
  if (from < clean.length) elements.push({ type: 'text', text: clean.slice(from) });
  return richText(elements);
}

/** An actor as a cell. */
export function personCell(actor: string): Cell {
  return isSlackUser(actor)
    ? richText([{ type: 'user', user_id: actor }])
    : textCell(actorWords(actor));
}

/** Literal text as Slack's rich text: never a mention, never a format. */
export function literal(text: string): RichTextBlock {
  return richText([{ type: 'text', text: cleanText(text) || '–' }]);
}

function richText(elements: RichTextSection['elements']): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

/**
 * The rows that fit into one message: at most `rowLimit`, header included, and 10,000 characters over all cells.
 * What is left out is counted in a last row.
 */
export function fittingRows(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  rowLimit = 100,
): Cell[][] {
  const top = head.map((title) => textCell(title));
  const kept: Cell[][] = [];
  let left = characterLimit - charactersOf(top);
  for (const row of rows) {
    left -= charactersOf(row);
    if (left < 0) break;
    kept.push([...row]);
  }
  if (kept.length === rows.length && kept.length < rowLimit) return [top, ...kept];
  const shown = kept.slice(0, rowLimit - 2);
  const more = [`+${rows.length - shown.length} more`, ...head.slice(1).map(() => '')];
  return [top, ...shown, more.map((text) => textCell(text))];
}

/** A table block that Slack takes, whatever its rows are. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  settings: NonNullable<TableBlock['column_settings']> = [],
): TableBlock {
  return {
    type: 'table',
    rows: fittingRows(head, rows),
    ...(settings.length === 0 ? {} : { column_settings: settings }),
  };
}

function charactersOf(row: readonly Cell[]): number {
  return row.reduce((sum, cell) => sum + lengthOf(cell), 0);
}

function lengthOf(cell: Cell): number {
  return cell.type === 'rich_text' ? JSON.stringify(cell.elements).length : cell.text.length;
}
