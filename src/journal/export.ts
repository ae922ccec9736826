import { openForReading } from './open-database.ts';
import { query } from './query.ts';
import { columns, type Row } from './row.ts';

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const everyRow = query(`SELECT ${columns.join(', ')} FROM journal WHERE seq > 0 ORDER BY seq`);

/**
 * The journal as lines, oldest first, read-only and beside a running bot. `jsonl`: every column as it stands, so that
 * the chain can be proved again from the file alone (`verifyExport`). `csv`: for a spreadsheet, with a header; cells
 * that it would take for a formula get an apostrophe in front. Throws DatabaseRefused.
 */
export function* exportJournal(path: string, format: ExportFormat): Generator<string> {
  const db = openForReading(path);
  try {
    if (format === 'csv') yield `${columns.join(',')}\r\n`;
    const rows = everyRow.on(db).iterate();
    for (const row of rows) yield format === 'csv' ? csvLine(row as Row) : jsonLine(row as Row);
  } finally {
    db.close();
  }
}

function jsonLine(row: Row): string {
  return `${JSON.stringify(row)}\n`;
}

function csvLine(row: Row): string {
  return `${columns.map((column) => csvCell(row[column])).join(',')}\r\n`;
}

/** What makes a spreadsheet take a text for a formula (OWASP, "CSV Injection"). */
const formulaStart = /^[=+\-@\t\r]/;

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
