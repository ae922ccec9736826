import { type BackendReading, noCounters, type SideReading } from '../../release/reading.ts';
import { sumOfCounters } from '../../release/sum-of-counters.ts';
import { type BackendName, type Side, serverName } from '../../release/vocabulary.ts';
import { parseShowStat } from '../replies/show-stat.ts';

export interface SideReplies {
  readonly side: Side;
  /** The side's backends, at least one, and for each the reply to `show stat <backend> -1 -1`. */
  readonly backends: readonly BackendName[];
  readonly stats: readonly string[];
  /** The node's backends. */
  readonly known: ReadonlySet<string>;
}

/** One side's backends as the node tells of them, or what could not be understood. */
export function sideReading(replies: SideReplies): SideReading | string {
  const { side, backends, stats, known } = replies;
  const parts: BackendReading[] = [];
  for (const [i, backend] of backends.entries()) {
    const part = backendReading(backend, known, stats[i] ?? '');
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? { side, ...only } : { side, ...allOf(parts) };
}

function backendReading(
  backend: BackendName,
  known: ReadonlySet<string>,
  stat: string,
): BackendReading | string {
  if (!known.has(backend)) {
    const counters = noCounters;
    return { backend, exists: false, servers: [], counters, sessions: 0, queued: 0 };
  }
  const parsed = parseShowStat(stat);
  if (parsed.kind === 'unreadable') {
    return `its \`show stat ${backend}\` cannot be read: ${parsed.why}`;
  }
  const { servers, counters, queued, isDown } = parsed;
  const sessions = servers.reduce((sum, server) => sum + server.sessions, 0);
  const reading = { backend, exists: true, servers, counters, sessions, queued };
  return isDown ? { ...reading, isDown } : reading;
}

/** Several backends as one: two of them may have servers of the same name. */
function allOf(parts: readonly BackendReading[]): Omit<SideReading, 'side'> {
  const sum = (of: (part: BackendReading) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    backend: parts.map(({ backend }) => backend).join(', '),
    exists: parts.every(({ exists }) => exists),
    servers: parts.flatMap(({ backend, servers }) =>
      servers.map((server) => ({ ...server, name: serverName(`${backend}/${server.name}`) })),
    ),
    counters: sumOfCounters(parts.map(({ counters }) => counters)),
    sessions: sum(({ sessions }) => sessions),
    queued: sum(({ queued }) => queued),
    parts,
  };
}
