import { parse } from 'csv-parse/sync';
import type { Counters, ServerReading } from '../../release/reading.ts';
import { serverName } from '../../release/vocabulary.ts';
import { readStatus } from '../server-health.ts';

/** One backend's rows of `show stat`. */
export type BackendStat =
  | {
      readonly kind: 'backend';
      readonly servers: readonly ServerReading[];
      readonly counters: Counters;
      /** `qcur` of the BACKEND row. */
      readonly queued: number;
      /** The BACKEND row's status: HAProxy has no server to send anybody to. */
      readonly isDown: boolean;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

export type Row = Readonly<Record<string, string>>;

// `type` column: 1 = backend, 2 = server (management guide, 9.1).
const backendType = '1';
export const serverType = '2';
const needed = [
  'pxname',
  'svname',
  'status',
  'weight',
  'bck',
  'scur',
  'qcur',
  'slim',
  'stot',
  'req_tot',
  'rate',
  'hrsp_5xx',
  'ttime',
];

/** Reads `show stat <backend> -1 -1` by column name: 3.x puts new columns between the old ones. */
export function parseShowStat(reply: string): BackendStat {
  if (!reply.startsWith('# pxname,')) return { kind: 'unreadable', why: reply.trim() };
  const rows = statRows(reply);
  if (typeof rows === 'string') return { kind: 'unreadable', why: rows };
  const backend = rows.find(({ type }) => type === backendType);
  if (backend === undefined) return { kind: 'unreadable', why: 'there is no BACKEND row' };
  return {
    kind: 'backend',
    servers: rows.filter(({ type }) => type === serverType).map(serverReading),
    counters: countersOf(backend),
    queued: count(backend, 'qcur'),
    isDown: readStatus(text(backend, 'status'), '').word === 'down',
  };
}

/** The rows by column name, or what is wrong with them. `last_chk` holds the application's own words in quotes: it is real CSV. */
export function statRows(reply: string): readonly Row[] | string {
  try {
    const rows = parse(reply.slice(2), {
      columns: true,
      skip_empty_lines: true,
      record_delimiter: '\n',
    }) as Row[];
    const absent = needed.filter((name) => rows.some((row) => row[name] === undefined));
    return absent.length === 0 ? rows : `the column ${absent.join(', ')} is not there`;
  } catch (error) {
    return `the table cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function serverReading(row: Row): ServerReading {
  const status = text(row, 'status');
  // `* ` stands in front while a check runs; then its code is not there yet, or 0.
  const checkStatus = text(row, 'check_status').replace(/^\* /, '');
  const checkCode = text(row, 'check_code');
  return {
    name: serverName(text(row, 'svname')),
    address: text(row, 'addr'),
    status,
    check: [checkStatus, checkCode].filter((part) => part !== '' && part !== '0').join(' '),
    ...readStatus(status, checkStatus),
    sessions: count(row, 'scur'),
    limit: countOrNull(row, 'slim'),
    throttle: countOrNull(row, 'throttle'),
    weight: Math.min(count(row, 'weight'), countOrNull(row, 'uweight') ?? count(row, 'weight')),
    backup: text(row, 'bck') === '1',
  };
}

/** The counters of a BACKEND row, or of a server's. In mode tcp no requests are counted: its connections are. */
export function countersOf(row: Row): Counters {
  const stot = count(row, 'stot');
  const requests = countOrNull(row, 'req_tot');
  return {
    stot,
    ended: requests ?? stot,
    hrsp5xx: count(row, 'hrsp_5xx'),
    perSecond: count(row, 'rate'),
    averages: [{ requests: requests ?? count(row, 'lbtot'), ttime: count(row, 'ttime') }],
  };
}

function text(row: Row, column: string): string {
  return row[column] ?? '';
}

export function count(row: Row, column: string): number {
  return countOrNull(row, column) ?? 0;
}

/** An empty field is a limit that is not set, or a counter that does not exist for the row. */
function countOrNull(row: Row, column: string): number | null {
  const value = Number.parseInt(text(row, column), 10);
  return Number.isNaN(value) ? null : value;
}
