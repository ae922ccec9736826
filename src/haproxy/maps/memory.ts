import type { Held } from '../../release/reading.ts';
import { heldOf } from '../held.ts';
import type { Lookup } from '../replies/get-map.ts';
import type { MapContent } from '../replies/show-map.ts';
import type { MapKeyTarget } from './map-node.ts';

/** What a node's running worker was asked about its map, twice over. */
interface Answers {
  /** The whole map: shows a key that stands there twice. */
  readonly content: MapContent;
  /** One lookup, as the traffic does it. */
  readonly lookup: Lookup;
  readonly target: MapKeyTarget;
}

/** What the worker's memory names. Where the map's list and the lookup contradict each other it is unreadable. */
export function memoryOf({ content, lookup, target }: Answers): Held {
  if (content.kind === 'refused') return unreadable('show map', content.words);
  if (lookup.kind === 'refused') return unreadable('get map', lookup.words);
  if (lookup.kind === 'differ') {
    const why = `the configuration looks the map up in several ways, and for ${target.key} ${lookup.words}`;
    return { kind: 'unreadable', why };
  }
  const values = content.entries.filter(({ key }) => key === target.key).map(({ value }) => value);
  const [listed] = values;
  const looked = lookup.kind === 'found' ? lookup.value : undefined;
  if (listed === looked) return heldOf(values, target.sides);
  return {
    kind: 'unreadable',
    why: `the map lists ${named(listed)} for ${target.key}, a lookup finds ${named(looked)}`,
  };
}

/** Other keys that name one of the two backends: their traffic shows in the same counters. */
export function sharedKeys(content: MapContent, { key, sides }: MapKeyTarget): readonly string[] {
  if (content.kind === 'refused') return [];
  const others = content.entries.filter(
    (entry) => entry.key !== key && (entry.value === sides.blue || entry.value === sides.green),
  );
  return [...new Set(others.map((entry) => entry.key))];
}

function unreadable(command: string, words: string): Held {
  return {
    kind: 'unreadable',
    why: `HAProxy answered \`${command}\` with "${words.slice(0, 200)}"`,
  };
}

function named(value: string | undefined): string {
  return value === undefined ? 'nothing' : `"${value}"`;
}
