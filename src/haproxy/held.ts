import type { Held } from '../release/reading.ts';
import { type BackendName, type Side, sides } from '../release/vocabulary.ts';

/** What each side is made of: at least one backend. */
export type SideBackends = Readonly<Record<Side, readonly BackendName[]>>;

/** The word that names each side in a map or a file. */
export type SideWords = Readonly<Record<Side, string>>;

/** What a place names whose key has these values. */
export function heldOf(values: readonly string[], words: SideWords): Held {
  const [value, ...more] = values;
  if (value === undefined) return { kind: 'missing' };
  if (more.length > 0) return { kind: 'duplicate', values };
  const side = sides.find((candidate) => words[candidate] === value);
  return side === undefined ? { kind: 'foreign', value } : { kind: 'side', side };
}
