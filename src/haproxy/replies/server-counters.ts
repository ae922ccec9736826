import type { Counters } from '../../release/reading.ts';
import { type ServerName, serverName } from '../../release/vocabulary.ts';
import { count, countersOf, serverType, statRows } from './show-stat.ts';

/** Counters of one server's row. What HAProxy itself answered (no server was there) stands on the BACKEND row only. */
export interface ServerCounters extends Counters {
  /** Requests that wait for this very server. */
  readonly queued: number;
}

/** The servers' counters out of `show stat <backend> -1 -1`; undefined where the reply is something else. */
export function parseServerCounters(
  reply: string,
): ReadonlyMap<ServerName, ServerCounters> | undefined {
  if (!reply.startsWith('# pxname,')) return undefined;
  const rows = statRows(reply);
  if (typeof rows === 'string') return undefined;
  return new Map(
    rows
      .filter(({ type }) => type === serverType)
      .map((row) => [
        serverName(row.svname ?? ''),
        {
          ...countersOf(row),
          queued: count(row, 'qcur'),
        },
      ]),
  );
}
