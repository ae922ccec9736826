import type { ActResult, EffectGate } from '../../engine/ports.ts';
import { counted } from '../../release/counted.ts';
import type { SessionCount } from '../../release/reading.ts';
import type { ServerName } from '../../release/vocabulary.ts';
import { leftOnBackend, type ServerLeft } from '../backends/left-on-backend.ts';
import {
  inOneLine,
  showServersConn,
  showSess,
  showStat,
  shutdownSessionsServer,
} from '../command-line.ts';
import { cutEach } from '../cut-each.ts';
import { NodeRefused } from '../errors.ts';
import { parseShowSess } from '../replies/show-sess.ts';
import { splitReplies } from '../replies/split-replies.ts';
import type { ServersNode } from './servers-node.ts';

/** So many connections are named one by one. */
const mostNamed = 20;

/**
 * Counts what is left on some servers of a backend: per server the larger of `used_cur` and `scur`. What waits in the
 * backend's queue goes to the others. Rejects with NodeUnreachable, ReplyUnknown or NodeRefused.
 */
export async function countOnServers(
  node: ServersNode,
  servers: readonly ServerName[],
  signal?: AbortSignal,
): Promise<SessionCount> {
  const left = (await leftOn(node, servers, signal)).filter(({ sessions }) => sessions > 0);
  const sessions = left.reduce((sum, server) => sum + server.sessions, 0);
  return {
    node: node.at.node,
    sessions,
    stragglers: [
      ...left.map(({ name, address, sessions: n }) => `${name} (${address}): ${plural(n)}`),
      ...(sessions === 0 ? [] : await connectionsOf(node, servers, signal)),
    ],
  };
}

async function leftOn(
  { api, at, backend }: ServersNode,
  servers: readonly ServerName[],
  signal?: AbortSignal,
): Promise<readonly ServerLeft[]> {
  const command = inOneLine(showServersConn(backend), showStat(backend));
  const reply = await api.ask(command, { maxBytes: 8 * 1024 * 1024, ...(signal && { signal }) });
  const [connReply = '', statReply = ''] = splitReplies(reply, 2) ?? [];
  const left = leftOnBackend(connReply, statReply);
  if (left === undefined) throw new NodeRefused(reply, { node: at.node, command });
  const wanted = new Set<string>(servers);
  return left.servers.filter(({ name }) => wanted.has(name));
}

/** A line per connection, where the node tells. Below operator level it does not: the servers' lines must do then. */
async function connectionsOf(
  { api, backend }: ServersNode,
  servers: readonly ServerName[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    const wanted = new Set<string>(servers);
    const reply = await api.ask(showSess(), { ...(signal && { signal }) });
    const lines = parseShowSess(reply).filter(
      (session) => session.backend === backend && wanted.has(session.server),
    );
    const named = lines
      .slice(0, mostNamed)
      .map(({ source, server, age }) => `${server} from ${source} for ${age}`);
    const more = lines.length - named.length;
    return more === 0 ? named : [...named, `and ${more} more`];
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}

/** Cuts every session of these servers. Never rejects. */
export function cutServers(
  { api, backend }: ServersNode,
  servers: readonly ServerName[],
  gate: EffectGate,
): Promise<ActResult> {
  return cutEach(
    servers.map((server) => shutdownSessionsServer(backend, server)),
    (command) => api.write(command, gate),
  );
}

function plural(sessions: number): string {
  return counted(sessions, 'session');
}
