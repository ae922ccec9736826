import type { ServerHealth } from '../release/reading.ts';

/**
 * How a server's status column is to be taken. Exact words only: `UP 1/3` is on its way down or not yet checked, and
 * the application's own words stand elsewhere in the row. `check` is the column check_status.
 */
export function healthOf(status: string, check: string): ServerHealth {
  if (/^(UP|DOWN|DRAIN) \d+\/\d+$/.test(status)) return 'transitional';
  if (status === 'UP') return check === 'INI' ? 'transitional' : 'healthy';
  if (status === 'no check') return 'no_check';
  // `MAINT (via px/sv)`, `DOWN (agent)`, `DRAIN (agent)`; NOLB: answers 404 to its check and takes no new work.
  switch (status.split(' ', 1)[0]) {
    case 'DOWN':
      return 'down';
    case 'MAINT':
      return 'maint';
    case 'DRAIN':
    case 'NOLB':
      return 'drain';
    default:
      return 'unknown';
  }
}
