import { parseShowServersConn } from '../replies/show-servers-conn.ts';
import { parseShowStat } from '../replies/show-stat.ts';

export interface ServerLeft {
  readonly name: string;
  readonly address: string;
  readonly sessions: number;
}

/** What is left on a backend: per server the larger of `used_cur` and `scur`, and what waits in its queue. */
export interface BackendLeft {
  readonly servers: readonly ServerLeft[];
  readonly queued: number;
}

/** From the replies to `show servers conn` and `show stat`; undefined where one of them is something else. */
export function leftOnBackend(connReply: string, statReply: string): BackendLeft | undefined {
  const connections = parseShowServersConn(connReply);
  const stat = parseShowStat(statReply);
  if (connections === undefined || stat.kind !== 'backend') return undefined;
  const used = new Map(connections.map((server) => [server.name, server]));
  return {
    servers: stat.servers.map(({ name, address, sessions }) => ({
      name,
      address: used.get(name)?.address ?? address,
      sessions: Math.max(sessions, used.get(name)?.used ?? 0),
    })),
    queued: stat.queued,
  };
}

/** Sessions on its servers, and what waits. */
export function sessionsLeft({ servers, queued }: BackendLeft): number {
  return servers.reduce((sum, { sessions }) => sum + sessions, queued);
}
