import type { ServerHeld } from '../../../../engine/ports.ts';
import type { Worker } from '../../../../release/reading.ts';
import type { ServerName } from '../../../../release/vocabulary.ts';
import {
  inOneLine,
  showBackend,
  showCliLevel,
  showInfo,
  showServersState,
  showStat,
} from '../../../command-line.ts';
import { NodeRefused } from '../../../errors.ts';
import { parseServerCounters, type ServerCounters } from '../../../replies/server-counters.ts';
import { parseShowBackend } from '../../../replies/show-backend.ts';
import { parseShowCliLevel } from '../../../replies/show-cli-level.ts';
import { parseShowInfo } from '../../../replies/show-info.ts';
import { parseShowStat } from '../../../replies/show-stat.ts';
import { splitReplies } from '../../../replies/split-replies.ts';
import { heldServers } from '../../../servers/held-servers.ts';
import type { OneBackendNode } from './one-backend-node.ts';

/** A backend of ten thousand servers. */
const longestLook = 16 * 1024 * 1024;

/** One node's worker and the backend whose servers are the two sides. */
export interface BackendLook {
  readonly worker: Worker;
  readonly version: string;
  readonly stopping: boolean;
  readonly level: string;
  /** Undefined: this node has no such backend. */
  readonly backend: BackendRows | undefined;
}

interface BackendRows {
  readonly servers: readonly ServerHeld[];
  readonly counters: ReadonlyMap<ServerName, ServerCounters>;
  /** 5xx that HAProxy gave itself, where no server was there to give them. */
  readonly ownErrors: number;
  readonly queued: number;
}

/**
 * Looks at one node, in one line on one connection: so all of it is the word of one worker.
 * Rejects with NodeUnreachable, ReplyUnknown, NodeRefused (not understood), or the signal's reason.
 */
export async function lookAtBackend(
  { api, at, backend }: OneBackendNode,
  signal?: AbortSignal,
): Promise<BackendLook> {
  const command = inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    showServersState(backend),
    showStat(backend),
  );
  const reply = await api.ask(command, { maxBytes: longestLook, ...(signal && { signal }) });
  const look = understood(reply, backend);
  if (typeof look === 'string') throw new NodeRefused(look, { node: at.node, command });
  return look;
}

function understood(text: string, name: string): BackendLook | string {
  const replies = splitReplies(text, 5);
  if (replies === undefined) return 'some of its replies are missing';
  const [infoReply = '', level = '', backends = '', states = '', stat = ''] = replies;
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const backend = known.has(name) ? rowsOf(states, stat) : undefined;
  if (typeof backend === 'string') return backend;
  const { worker, version, stopping } = info;
  return { worker, version, stopping, level: parseShowCliLevel(level) ?? 'unknown', backend };
}

function rowsOf(states: string, stat: string): BackendRows | string {
  const servers = heldServers(states, stat);
  if (typeof servers === 'string') return servers;
  const parsed = parseShowStat(stat);
  const counters = parseServerCounters(stat);
  if (parsed.kind === 'unreadable' || counters === undefined) return '`show stat` cannot be read';
  const byServers = [...counters.values()].reduce((sum, { hrsp5xx }) => sum + hrsp5xx, 0);
  return {
    servers,
    counters,
    ownErrors: Math.max(0, parsed.counters.hrsp5xx - byServers),
    queued: parsed.queued,
  };
}
