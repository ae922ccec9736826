import { heldWords } from '../release/held-words.ts';
import { type Held, type NodeReading, partsOf, type ReachedNode } from '../release/reading.ts';
import {
  canTake,
  countedServers,
  servingServers,
  takesTraffic,
} from '../release/server-fitness.ts';
import { type NodeName, type Side, sides } from '../release/vocabulary.ts';

/** A side that may be unknown, in cells and lines. */
export function perhapsSide(side: Side | 'mixed' | 'unknown' | 'none' | undefined): string {
  if (side === 'mixed') return '⚠ mixed';
  if (side === 'none') return '–';
  return side ?? 'unknown';
}

/** What a place holds; all but a side is marked. */
export function heldCell(held: Held): string {
  if (held.kind === 'none') return '–';
  return held.kind === 'side' ? held.side : `⚠ ${heldWords(held)}`;
}

/** Servers that take traffic, of all: `blue 2/2, green 1/2`. */
export function serversUp(node: ReachedNode): string {
  return sides
    .map((side) => {
      const parts = partsOf(node.sides[side]);
      return `${side} ${parts.flatMap(servingServers).length}/${parts.flatMap(countedServers).length}`;
    })
    .join(', ');
}

/** Sessions of both sides: `blue 12, green 340`. */
export function sessionsOf(node: ReachedNode): string {
  return sides.map((side) => `${side} ${node.sides[side].sessions}`).join(', ');
}

/** The nodes that could take a side's traffic now. */
export function readyNodes(readings: readonly NodeReading[], side: Side): readonly NodeName[] {
  return readings
    .filter((reading) => reading.kind === 'reached' && canTake(reading.sides[side]))
    .map(({ node }) => node);
}

/** The nodes that answer and have no healthy server of a side. */
export function withoutServers(readings: readonly NodeReading[], side: Side): readonly NodeName[] {
  return readings
    .filter((reading) => reading.kind === 'reached' && !takesTraffic(reading.sides[side]))
    .map(({ node }) => node);
}
