import type { Held } from '../../release/reading.ts';
import { heldOf } from '../held.ts';
import type { Lookup } from '../replies/get-map.ts';
import type { MapContent } from '../replies/show-map.ts';
import { heldByKeys } from './held-by-keys.ts';
import type { MapKeyTarget } from './map-node.ts';

/** What a node's running worker was asked about its map, twice over. */
interface Answers {
  /** The whole map: shows a key that stands there twice. */
  readonly content: MapContent;
  /** One lookup for each of the target's keys, in their order, as the traffic does it. */
  readonly lookups: readonly Lookup[];
  readonly target: MapKeyTarget;
}

/** What the worker's memory names. Where the map's list and the lookup contradict each other it is unreadable. */
export function memoryOf({ content, lookups, target }: Answers): Held {
  return heldByKeys(
    target.keys.map((key, i) => {
      const lookup = lookups[i] ?? { kind: 'refused', words: '' };
      return { key, held: heldByKey(key, content, lookup, target) };
    }),
  );
}

function heldByKey(own: string, content: MapContent, lookup: Lookup, target: MapKeyTarget): Held {
  if (content.kind === 'refused') return unreadable('show map', content.words);
  if (lookup.kind === 'refused') return unreadable('get map', lookup.words);
  if (lookup.kind === 'differ') {
    const why = `the configuration looks the map up in several ways, and for ${own} ${lookup.words}`;
    return { kind: 'unreadable', why };
  }
  const values = content.entries.filter(({ key }) => key === own).map(({ value }) => value);
  const [listed] = values;
  const looked = lookup.kind === 'found' ? lookup.value : undefined;
  if (listed === looked) return heldOf(values, target.values);
  return {
    kind: 'unreadable',
    why: `the map lists ${named(listed)} for ${own}, a lookup finds ${named(looked)}`,
  };
}

/** Other keys that name one of the two sides: their traffic shows in the same counters. */
export function sharedKeys(content: MapContent, { keys, values }: MapKeyTarget): readonly string[] {
  if (content.kind === 'refused') return [];
  const others = content.entries.filter(
    ({ key, value }) => !keys.includes(key) && (value === values.blue || value === values.green),
  );
  return [...new Set(others.map(({ key }) => key))];
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
