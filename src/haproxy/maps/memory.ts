import type { Held } from '../../release/reading.ts';
import { heldOf, type SideWords } from '../held.ts';
import type { Lookup } from '../replies/get-map.ts';
import { heldByKeys } from './held-by-keys.ts';
import type { MapKeyTarget } from './map-node.ts';

/** What a node's running worker was asked about its map, by key. */
interface Answers {
  /** One lookup for each key, as the traffic does it. */
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** The values of each key in the whole map, where that was read: shows a key that stands there twice. */
  readonly listed?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Why the whole map was not read, where only that could tell. */
  readonly unread?: string | undefined;
  readonly target: MapKeyTarget;
}

/** What the worker's memory names. Where the map's list and the lookup contradict each other it is unreadable. */
export function memoryOf({ lookups, listed, unread, target: { keys, values } }: Answers): Held {
  return heldByKeys(
    keys.map((key) => {
      const lookup = lookups.get(key) ?? { kind: 'refused', words: '' };
      const held = heldByKey({ key, lookup, listed: listed?.get(key), unread }, values);
      return { key, held };
    }),
  );
}

interface OneKey {
  readonly key: string;
  readonly lookup: Lookup;
  readonly listed: readonly string[] | undefined;
  readonly unread: string | undefined;
}

function heldByKey({ key, lookup, listed, unread }: OneKey, words: SideWords): Held {
  switch (lookup.kind) {
    case 'refused':
      return unreadable(`HAProxy answered \`get map\` with "${lookup.words.slice(0, 200)}"`);
    case 'differ':
      return unreadable(
        `the configuration looks the map up in several ways, and for ${key} ${lookup.words}`,
      );
    case 'unsure':
      return listed === undefined
        ? unreadable(unread ?? 'its map was not read whole')
        : heldOf(listed, words);
    default:
      return agreed(key, lookup.kind === 'found' ? [lookup.value] : [], listed, words);
  }
}

function agreed(
  key: string,
  looked: readonly string[],
  listed: readonly string[] | undefined,
  words: SideWords,
): Held {
  if (listed === undefined) return heldOf(looked, words);
  if (listed[0] === looked[0]) return heldOf(listed, words);
  return unreadable(
    `the map lists ${named(listed[0])} for ${key}, a lookup finds ${named(looked[0])}`,
  );
}

function unreadable(why: string): Held {
  return { kind: 'unreadable', why };
}

function named(value: string | undefined): string {
  return value === undefined ? 'nothing' : `"${value}"`;
}
