import type { TableBlock } from '@slack/types';
import type { ServerHeld, ServersReading } from '../engine/ports.ts';
import { serversOf } from '../release/plan.ts';
import type { ServersRelease } from '../release/release.ts';
import { noProgress } from '../release/servers-progress.ts';
import { phaseWords } from '../release/servers-words.ts';
import { isEnd } from '../release/states.ts';
import type { NodeName, ServerName } from '../release/vocabulary.ts';
import type { CardView } from './card-view.ts';
import { type Cell, table, textCell } from './table-cells.ts';

/** One row per server: how far it is, what it is on every node, and, where it was read lately, its health and sessions. */
export function serversTable(
  release: ServersRelease,
  { servers: readings = [] }: CardView,
): TableBlock {
  const wide = readings.length > 0;
  const rows = release.plan.steps.flatMap((step, batch) =>
    serversOf(step).map((server): Cell[] => {
      const places = release.plan.target.nodes.map(({ node }) =>
        placeOf(release, readings, node, server),
      );
      const load = wide ? [healthOf(readings, server), sessionsOf(readings, server)] : [];
      return [server, wordsOf(release, batch), alike(places), ...load].map((text) =>
        textCell(text, 160),
      );
    }),
  );
  return table(['Server', 'Progress', 'State', ...(wide ? ['Health', 'Sessions'] : [])], rows);
}

function wordsOf({ servers = noProgress, state, plan }: ServersRelease, batch: number): string {
  if (batch < servers.batch) return '✓ done';
  if (batch > servers.batch || servers.open.length + Object.keys(servers.states).length === 0) {
    return isEnd(state) ? 'not touched' : 'waits';
  }
  if (isEnd(state)) return plan.kind === 'state' ? 'put back' : 'stopped here, put back';
  return `${state === 'needs_attention' ? '⚠ ' : '▶ '}${phaseWords[servers.phase]}`;
}

/** As it was just read, as this release left it, or as it was found. */
function placeOf(
  { servers = noProgress, plan }: ServersRelease,
  readings: readonly ServersReading[],
  node: NodeName,
  server: ServerName,
): { readonly node: NodeName; readonly words: string } {
  const reading = readings.find((one) => one.node === node);
  if (reading?.kind === 'unreachable') return { node, words: '⚠ unreachable' };
  const held = reading?.servers.find(({ name }) => name === server)?.state;
  const before = plan.observed.find((one) => one.node === node && one.server === server)?.state;
  return { node, words: held ?? servers.states[node]?.[server] ?? before ?? 'unknown' };
}

/** One word where all nodes have the same, else each by its name. */
function alike(places: readonly { readonly node: NodeName; readonly words: string }[]): string {
  const [first] = places;
  if (first !== undefined && places.every(({ words }) => words === first.words)) return first.words;
  return places.map(({ node, words }) => `${node} ${words}`).join(', ');
}

function heldOn(readings: readonly ServersReading[], server: ServerName): readonly ServerHeld[] {
  return readings.flatMap((reading) =>
    reading.kind === 'reached' ? reading.servers.filter(({ name }) => name === server) : [],
  );
}

function healthOf(readings: readonly ServersReading[], server: ServerName): string {
  return [...new Set(heldOn(readings, server).map(({ status }) => status))].join(', ');
}

function sessionsOf(readings: readonly ServersReading[], server: ServerName): string {
  const held = heldOn(readings, server);
  return String(held.reduce((sum, { sessions }) => sum + sessions, 0));
}
