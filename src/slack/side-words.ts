import { heldWords } from '../release/held-words.ts';
import type { Held, NodeReading, ReachedNode } from '../release/reading.ts';
import type { Side } from '../release/vocabulary.ts';

const marks: Readonly<Record<Side, string>> = { blue: '🔵', green: '🟢' };

/** A side with its colour: `🔵 blue`. */
export function sideWords(side: Side): string {
  return `${marks[side]} ${side}`;
}

/** A side that may be unknown, in cells and lines. */
export function perhapsSide(side: Side | 'mixed' | 'unknown' | undefined): string {
  if (side === 'mixed') return '⚠️ mixed';
  return side === undefined || side === 'unknown' ? '❔ unknown' : sideWords(side);
}

/** What a place holds, a side with its colour, all else marked. */
export function heldCell(held: Held): string {
  return held.kind === 'side' ? sideWords(held.side) : `⚠️ ${heldWords(held)}`;
}

/** Servers that take traffic, of all: `🔵 2/2  🟢 1/2`. */
export function serversUp(node: ReachedNode): string {
  return (['blue', 'green'] as const)
    .map((side) => {
      const { servers } = node.sides[side];
      return `${marks[side]} ${servers.filter(isUp).length}/${servers.length}`;
    })
    .join('  ');
}

/** Sessions of both sides: `🔵 12  🟢 340`. */
export function sessionsOf(node: ReachedNode): string {
  return (['blue', 'green'] as const)
    .map((side) => `${marks[side]} ${node.sides[side].sessions}`)
    .join('  ');
}

/** How many nodes could take a side's traffic back now: at least one healthy server there. */
export function readyNodes(readings: readonly NodeReading[], side: Side): number {
  return readings.filter(
    (reading) => reading.kind === 'reached' && reading.sides[side].servers.some(isUp),
  ).length;
}

function isUp({ health }: { readonly health: string }): boolean {
  return health === 'healthy' || health === 'no_check';
}
