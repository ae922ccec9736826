import type { ServersReading } from '../../../engine/ports.ts';
import {
  inOneLine,
  showBackend,
  showCliLevel,
  showInfo,
  showServersState,
  showStat,
} from '../../command-line.ts';
import { NodeUnreachable, ReplyUnknown } from '../../errors.ts';
import { parseShowBackend } from '../../replies/show-backend.ts';
import { parseShowCliLevel } from '../../replies/show-cli-level.ts';
import { parseShowInfo } from '../../replies/show-info.ts';
import { splitReplies } from '../../replies/split-replies.ts';
import { heldServers } from '../../servers/held-servers.ts';
import type { ServersNode } from '../../servers/servers-node.ts';

const longestReading = 16 * 1024 * 1024;

/** Reads one node's backend whole, in one line on one connection: so all of it is the word of one worker. */
export async function readServers(
  { at, api, backend }: ServersNode,
  signal?: AbortSignal,
): Promise<ServersReading> {
  const line = inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    showServersState(backend),
    // Last, because the applications' own words stand in it.
    showStat(backend),
  );
  const { node } = at;
  try {
    const reply = await api.ask(line, { maxBytes: longestReading, ...(signal && { signal }) });
    const read = understood(backend, reply);
    if (typeof read !== 'string') return { kind: 'reached', node, ...read };
    return { kind: 'unreachable', node, why: `${node} answered, but ${read}.` };
  } catch (error) {
    if (error instanceof NodeUnreachable || error instanceof ReplyUnknown) {
      return { kind: 'unreachable', node, why: error.message };
    }
    throw error;
  }
}

type Read = Omit<Extract<ServersReading, { kind: 'reached' }>, 'kind' | 'node'>;

/** The reading without its node, or what could not be understood. */
function understood(backend: string, text: string): Read | string {
  const replies = splitReplies(text, 5);
  if (replies === undefined) return 'some of its replies are missing';
  const [infoReply = '', level = '', backends = '', states = '', stat = ''] = replies;
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const exists = known.has(backend);
  const servers = exists ? heldServers(states, stat) : [];
  if (typeof servers === 'string') return servers;
  return { ...info, level: parseShowCliLevel(level) ?? 'unknown', exists, servers };
}
