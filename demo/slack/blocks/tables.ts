import {
  anyNumber,
  byType,
  type Check,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  text,
  yesOrNo,
} from './check.ts';
import { richTextBlock, richTextLength } from './rich-text.ts';
import { common } from './text-objects.ts';

const cell = byType({
  raw_text: object({ type: oneOf('raw_text'), text: text(1, 10_000) }),
  raw_number: object({ type: oneOf('raw_number'), value: anyNumber, text: text(1, 10_000) }),
  rich_text: richTextBlock,
});

const row = list(1, 20, cell);

export const tableBlock = object(
  { type: oneOf('table'), rows: list(1, 100, row) },
  {
    column_settings: list(
      0,
      20,
      object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: yesOrNo }),
    ),
    ...common,
  },
);

const dataTableShape = object(
  { type: oneOf('data_table'), caption: text(1, 3000), rows: list(2, 101, row) },
  { page_size: integer(1, 100), row_header_column_index: integer(0, 19), ...common },
);

export const dataTableBlock: Check = (value, at, report) => {
  dataTableShape(value, at, report);
  const rows = rowsOf(value);
  const width = rows[0]?.length ?? 0;
  rows.forEach((cells, index) => {
    if (cells.length !== width) {
      report({ at: `${at}/rows/${index}`, what: `must have ${width} cells like the first row` });
    }
  });
  const header = isRecord(value) ? value.row_header_column_index : undefined;
  if (typeof header === 'number' && header >= width) {
    report({ at: `${at}/row_header_column_index`, what: `must be less than ${width}` });
  }
};

/** The characters in all cells of all tables of a message: 10,000 at most. */
export function tableCharacters(blocks: readonly unknown[]): number {
  return blocks
    .filter((block) => isRecord(block) && ['table', 'data_table'].includes(String(block.type)))
    .flatMap((block) => rowsOf(block).flat())
    .reduce<number>((sum, inner) => sum + richTextLength(inner), 0);
}

function rowsOf(value: unknown): unknown[][] {
  const rows = isRecord(value) && Array.isArray(value.rows) ? value.rows : [];
  return rows.filter((cells) => Array.isArray(cells));
}
