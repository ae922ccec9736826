import type { SideReading } from '../../release/reading.ts';
import type { BackendName, Side } from '../../release/vocabulary.ts';
import { parseShowStat } from '../replies/show-stat.ts';

export interface SideReplies {
  readonly side: Side;
  readonly backend: BackendName;
  /** The node's backends. */
  readonly known: ReadonlySet<string>;
  /** The reply to `show stat <backend> -1 -1`. */
  readonly stat: string;
}

/** One side's backend as the node tells of it, or what could not be understood. */
export function sideReading({ side, backend, known, stat }: SideReplies): SideReading | string {
  if (!known.has(backend)) {
    const counters = { stot: 0, hrsp5xx: 0, ttime: 0 };
    return { side, backend, exists: false, servers: [], counters, sessions: 0, queued: 0 };
  }
  const parsed = parseShowStat(stat);
  if (parsed.kind === 'unreadable') {
    return `its \`show stat ${backend}\` cannot be read: ${parsed.why}`;
  }
  const { servers, counters, queued } = parsed;
  const sessions = servers.reduce((sum, server) => sum + server.sessions, 0);
  return { side, backend, exists: true, servers, counters, sessions, queued };
}
