import type { Held } from '../../release/reading.ts';
import { type Side, sides } from '../../release/vocabulary.ts';

/** One key of a map, and what it names. */
export interface KeyHeld {
  readonly key: string;
  readonly held: Held;
}

/** So many keys are named one by one. */
const mostNamed = 5;

/**
 * What a place names by keys that move together: a side only where all of them name it. What would need a person for one
 * key needs one for all; keys on both sides are a switch that was cut short, or another hand's.
 */
export function heldByKeys(all: readonly KeyHeld[]): Held {
  const [first, ...more] = all;
  if (first === undefined) throw new Error('A side is named by at least one key.');
  if (more.length === 0) return first.held;
  return inTheWay(all) ?? sideOf(all);
}

/** The first thing that is no side. */
function inTheWay(all: readonly KeyHeld[]): Held | undefined {
  for (const { key, held } of all) {
    if (held.kind === 'unreadable') return { kind: 'unreadable', why: `${key}: ${held.why}` };
    if (held.kind === 'duplicate')
      return { kind: 'duplicate', values: [`${key}: ${held.values.join(', ')}`] };
  }
  const foreign = all.flatMap(({ key, held }) =>
    held.kind === 'foreign' ? [`${key} ${held.value}`] : [],
  );
  if (foreign.length > 0) return { kind: 'foreign', value: named(foreign) };
  const keys = all.filter(({ held }) => held.kind === 'missing').map(({ key }) => key);
  return keys.length === 0 ? undefined : { kind: 'missing', keys };
}

function sideOf(all: readonly KeyHeld[]): Held {
  const on = (side: Side) =>
    all.filter(({ held }) => held.kind === 'side' && held.side === side).map(({ key }) => key);
  const whole = sides.find((side) => on(side).length === all.length);
  if (whole !== undefined) return { kind: 'side', side: whole };
  const words = sides.map((side) => `${side} for ${named(on(side))}`).join(', ');
  return { kind: 'between', words };
}

function named(words: readonly string[]): string {
  const more = words.length - mostNamed;
  const shown = words.slice(0, mostNamed).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
