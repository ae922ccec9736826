import type { Held } from '../release/reading.ts';
import { type BackendName, type Side, sides } from '../release/vocabulary.ts';

export type SideBackends = Readonly<Record<Side, BackendName>>;

/** What a place names whose key has these values. */
export function heldOf(values: readonly string[], backends: SideBackends): Held {
  const [value, ...more] = values;
  if (value === undefined) return { kind: 'missing' };
  if (more.length > 0) return { kind: 'duplicate', values };
  const side = sides.find((candidate) => backends[candidate] === value);
  return side === undefined ? { kind: 'foreign', value } : { kind: 'side', side };
}
