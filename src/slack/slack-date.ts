import { DateTime } from 'luxon';
import { isUtc } from '../commands/moments.ts';

/** A moment that every reader sees in their own zone, with UTC beside it. `at` is ISO 8601. */
export function slackDate(at: string): string {
  const utc = DateTime.fromISO(at, { zone: 'utc' });
  if (!utc.isValid) return at.replace(/[^0-9A-Za-z:.+-]/g, '');
  const fallback = utc.toFormat('yyyy-MM-dd HH:mm');
  return `<!date^${Math.floor(utc.toSeconds())}^{date_short_pretty} {time}|${fallback}> (${utc.toFormat('HH:mm')} UTC)`;
}

/** A moment in one zone, the zone named: `2026-03-01 14:02:07 Europe/Berlin`. */
export function zonedDate(at: string, zone: string): string {
  const there = DateTime.fromISO(at, { zone });
  return there.isValid ? there.toFormat("yyyy-MM-dd HH:mm:ss 'ZONE'").replace('ZONE', zone) : at;
}

/** A moment in a reader's zone and in UTC; once where they are the same. */
export function bothDates(at: string, zone: string): string {
  return isUtc(zone) ? utcDate(at) : `${zonedDate(at, zone)} · ${utcDate(at)}`;
}

/** A moment in UTC: `2026-03-01 13:02:07 UTC`. */
export function utcDate(at: string): string {
  const utc = DateTime.fromISO(at, { zone: 'utc' });
  return utc.isValid ? utc.toFormat("yyyy-MM-dd HH:mm:ss 'UTC'") : at;
}

/** Milliseconds as people say them: `940 ms`, `12 s`, `4 min 30 s`, `2 h 5 min`. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joined(minutes, 'min', seconds % 60, 's');
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joined(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}
