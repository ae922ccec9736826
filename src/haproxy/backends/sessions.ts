import type { ActResult, EffectGate } from '../../engine/ports.ts';
import { counted } from '../../release/counted.ts';
import type { SessionCount } from '../../release/reading.ts';
import type { BackendName, Side } from '../../release/vocabulary.ts';
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
import type { BackendsNode } from './backends-node.ts';
import { type BackendLeft, leftOnBackend, sessionsLeft } from './left-on-backend.ts';

/** So many connections are named one by one. */
const mostNamed = 20;

/** One backend of a side, with what is left on it. */
interface Remaining extends BackendLeft {
  readonly backend: BackendName;
}

/**
 * Counts what is left on a side, over all its backends: per server the larger of `used_cur` and `scur`, and what waits in
 * the queue; where users stay there, also how many requests it was ever given.
 * Rejects with NodeUnreachable, ReplyUnknown or NodeRefused.
 */
export async function countSessions(
  node: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<SessionCount> {
  const { backends, traits } = node.target;
  const all = await remainingOn(node, side, signal);
  const sessions = all.reduce((sum, one) => sum + sessionsLeft(one), 0);
  const several = backends[side].length > 1;
  return {
    node: node.at.node,
    sessions,
    stragglers: [
      ...all.flatMap((one) => linesOf(one, several)),
      ...(sessions === 0 ? [] : await connectionsOf(node, side, signal)),
    ],
    ...(traits?.sessionsStayMs !== undefined && {
      served: all.reduce((sum, { served }) => sum + served, 0),
    }),
  };
}

/** A line per server with sessions, and one for the queue. */
function linesOf({ backend, servers, queued }: Remaining, several: boolean): readonly string[] {
  const place = several ? `${backend}/` : '';
  return [
    ...servers
      .filter((server) => server.sessions > 0)
      .map(({ name, address, sessions }) => `${place}${name} (${address}): ${plural(sessions)}`),
    ...(queued === 0 ? [] : [`${backend}: ${queued} waiting in the queue`]),
  ];
}

async function remainingOn(
  { api, at, target }: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<readonly Remaining[]> {
  const backends = target.backends[side];
  const questions = backends.flatMap((backend) => [showServersConn(backend), showStat(backend)]);
  const command = inOneLine(...questions);
  const reply = await api.ask(command, { maxBytes: 8 * 1024 * 1024, ...(signal && { signal }) });
  const replies = splitReplies(reply, questions.length) ?? [];
  return backends.map((backend, i) => {
    const [connReply = '', statReply = ''] = replies.slice(2 * i, 2 * i + 2);
    const left = leftOnBackend(connReply, statReply, target.servers?.[side]);
    if (left === undefined) throw new NodeRefused(reply, { node: at.node, command });
    return { backend, ...left };
  });
}

/** A line per connection, where the node tells. Below operator level it does not: the servers' lines must do then. */
async function connectionsOf(
  { api, target }: BackendsNode,
  side: Side,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const backends: readonly string[] = target.backends[side];
  const only: readonly string[] | undefined = target.servers?.[side];
  const place = (backend: string) => (backends.length > 1 ? `${backend}/` : '');
  try {
    const reply = await api.ask(showSess(), { ...(signal && { signal }) });
    const lines = parseShowSess(reply).filter(
      ({ backend, server }) =>
        backends.includes(backend) && (only === undefined || only.includes(server)),
    );
    const named = lines
      .slice(0, mostNamed)
      .map(
        ({ source, backend, server, age }) =>
          `${place(backend)}${server} from ${source} for ${age}`,
      );
    const more = lines.length - named.length;
    return more === 0 ? named : [...named, `and ${more} more`];
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}

/** Cuts every session of every server of a side. Never rejects. */
export async function shutDownSessions(
  node: BackendsNode,
  side: Side,
  gate: EffectGate,
): Promise<ActResult> {
  const remaining = await remainingOn(node, side).catch(nothingCut);
  if ('kind' in remaining) return remaining;
  return cutEach(
    remaining.flatMap(({ backend, servers }) =>
      servers.map(({ name }) => shutdownSessionsServer(backend, name)),
    ),
    (command) => node.api.write(command, gate),
  );
}

/** Who is left could not be asked, so nobody was cut. */
function nothingCut(error: unknown): ActResult {
  return { kind: 'not_applied', why: error instanceof Error ? error.message : String(error) };
}

function plural(sessions: number): string {
  return counted(sessions, 'session');
}
