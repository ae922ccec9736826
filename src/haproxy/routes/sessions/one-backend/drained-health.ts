import type { ServerHeld } from '../../../../engine/ports.ts';
import type { ServerHealth } from '../../../../release/reading.ts';

/**
 * A server in drain is checked like any other: measured on 2.6, its status is exactly `DRAIN` while the checks pass,
 * `DRAIN 2/3` on its way down, `DRAIN 1/3` until the first check after maintenance, `DOWN` in the end.
 */
export function drainedHealth({ state, word, check, health }: ServerHeld): ServerHealth {
  if (state !== 'drain' || word !== 'drain' || health !== 'drain') return health;
  if (check === '') return 'no_check';
  return /^(L[4-7]|PROC)OK( |$)/.test(check) ? 'healthy' : health;
}
