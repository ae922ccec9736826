import { counted } from '../../release/counted.ts';
import type { SessionCount } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import {
  inOneLine,
  showServersConn,
  showSess,
  showStat,
  shutdownSessionsServer,
} from '../command-line.ts';
import { NodeRefused } from '../errors.ts';
import { parseDone } from '../replies/done.ts';
import { parseShowSess } from '../replies/show-sess.ts';
import { splitReplies } from '../replies/split-replies.ts';
import type { BackendsNode } from './backends-node.ts';
import { type BackendLeft, leftOnBackend, sessionsLeft } from './left-on-backend.ts';

/** So many connections are named one by one. */
const mostNamed = 20;

/**
 * Counts what is left on a side: per server the larger of `used_cur` and `scur`, and what waits in the queue; where
 * users stay there, also how many requests it was ever given.
 * Rejects with NodeUnreachable, ReplyUnknown or NodeRefused.
 */
export async function countSessions(
  node: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<SessionCount> {
  const { sides, traits } = node.target;
  const all = await leftOn(node, side, signal);
  const { servers, queued, served } = all;
  const left = servers.filter((server) => server.sessions > 0);
  const sessions = sessionsLeft(all);
  return {
    node: node.at.node,
    sessions,
    stragglers: [
      ...left.map(({ name, address, sessions: n }) => `${name} (${address}): ${plural(n)}`),
      ...(queued === 0 ? [] : [`${sides[side]}: ${queued} waiting in the queue`]),
      ...(sessions === 0 ? [] : await connectionsOf(node, side, signal)),
    ],
    ...(traits?.sessionsStayMs !== undefined && { served }),
  };
}

async function leftOn(
  { api, at, target }: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<BackendLeft> {
  const backend = target.sides[side];
  const command = inOneLine(showServersConn(backend), showStat(backend));
  const reply = await api.ask(command, { maxBytes: 8 * 1024 * 1024, ...(signal && { signal }) });
  const [connReply = '', statReply = ''] = splitReplies(reply, 2) ?? [];
  const left = leftOnBackend(connReply, statReply, target.servers?.[side]);
  if (left === undefined) throw new NodeRefused(reply, { node: at.node, command });
  return left;
}

/** A line per connection, where the node tells. Below operator level it does not: the servers' lines must do then. */
async function connectionsOf(
  { api, target }: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const only: readonly string[] | undefined = target.servers?.[side];
  try {
    const reply = await api.ask(showSess(), { ...(signal && { signal }) });
    const lines = parseShowSess(reply).filter(
      ({ backend, server }) =>
        backend === target.sides[side] && (only === undefined || only.includes(server)),
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

/** Cuts every session of every server of a side. Rejects where a node did not take a line. */
export async function shutDownSessions(node: BackendsNode, side: Side): Promise<void> {
  const backend = node.target.sides[side];
  const { servers } = await leftOn(node, side);
  for (const { name } of servers) {
    const command = shutdownSessionsServer(backend, name);
    const done = parseDone(await node.api.ask(command));
    if (done.kind === 'refused') {
      throw new NodeRefused(done.words, { node: node.at.node, command });
    }
  }
}

function plural(sessions: number): string {
  return counted(sessions, 'session');
}
