import type { TableBlock } from '@slack/types';
import type { NodeReading, ReachedNode } from '../release/reading.ts';
import type { NodeProgress, Release } from '../release/release.ts';
import type { CardView } from './card-view.ts';
import { heldCell, perhapsSide, serversUp, sessionsOf } from './side-words.ts';
import { type Cell, table, textCell } from './table-cells.ts';

const unseen: NodeProgress = { memory: 'unknown', disk: 'unknown' };

/** One row per node: what it has in memory and on disk, and, where it was read lately, its servers and sessions. */
export function nodeTable(release: Release, view: CardView): TableBlock {
  const readings = new Map((view.readings ?? []).map((reading) => [reading.node, reading]));
  const wide = readings.size > 0;
  const rows = release.plan.target.nodes.map(({ node }): Cell[] => {
    const known = release.nodes[node] ?? unseen;
    const reading = readings.get(node);
    return [node, ...places(known, reading), ...(wide ? load(reading) : [])].map((text) =>
      textCell(text, 120),
    );
  });
  const head = ['Node', 'Memory', 'Disk', ...(wide ? ['Servers up', 'Sessions'] : [])];
  return table(head, rows);
}

function places(known: NodeProgress, reading: NodeReading | undefined): readonly string[] {
  if (reading?.kind === 'unreachable') return ['⚠ unreachable', perhapsSide(known.disk)];
  if (reading !== undefined) return [heldCell(reading.memory), heldCell(reading.disk)];
  return [perhapsSide(known.memory), perhapsSide(known.disk)];
}

function load(reading: NodeReading | undefined): readonly string[] {
  const reached: ReachedNode | undefined = reading?.kind === 'reached' ? reading : undefined;
  return reached === undefined ? ['', ''] : [serversUp(reached), sessionsOf(reached)];
}
