import type { ServerName } from '../../release/vocabulary.ts';
import { parseServerCounters } from '../replies/server-counters.ts';
import { parseShowServersConn } from '../replies/show-servers-conn.ts';
import { parseShowStat } from '../replies/show-stat.ts';

export interface ServerLeft {
  readonly name: string;
  readonly address: string;
  readonly sessions: number;
}

/** What is left on a backend, or on some of its servers. */
export interface BackendLeft {
  /** Per server the larger of `used_cur` and `scur`. */
  readonly servers: readonly ServerLeft[];
  /** What waits: in the backend's queue, or in those of the chosen servers. */
  readonly queued: number;
  /** Requests it was given since its worker began. */
  readonly served: number;
}

/**
 * From the replies to `show servers conn` and `show stat`; undefined where one of them is something else.
 * `only`: the servers that count, where others of the backend do not.
 */
export function leftOnBackend(
  connReply: string,
  statReply: string,
  only?: readonly ServerName[],
): BackendLeft | undefined {
  const connections = parseShowServersConn(connReply);
  const stat = parseShowStat(statReply);
  if (connections === undefined || stat.kind !== 'backend') return undefined;
  const used = new Map(connections.map((server) => [server.name, server]));
  const chosen = stat.servers.filter(({ name }) => only === undefined || only.includes(name));
  return {
    servers: chosen.map(({ name, address, sessions }) => ({
      name,
      address: used.get(name)?.address ?? address,
      sessions: Math.max(sessions, used.get(name)?.used ?? 0),
    })),
    ...(only === undefined
      ? { queued: stat.queued, served: stat.counters.stot }
      : sumOf(statReply, only)),
  };
}

function sumOf(
  statReply: string,
  only: readonly ServerName[],
): Pick<BackendLeft, 'queued' | 'served'> {
  const all = parseServerCounters(statReply);
  const rows = only.flatMap((name) => all?.get(name) ?? []);
  return {
    queued: rows.reduce((sum, row) => sum + row.queued, 0),
    served: rows.reduce((sum, { stot }) => sum + stot, 0),
  };
}

/** Sessions on its servers, and what waits. */
export function sessionsLeft({ servers, queued }: BackendLeft): number {
  return servers.reduce((sum, { sessions }) => sum + sessions, queued);
}
