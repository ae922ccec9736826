import type { Held } from './reading.ts';
import { typed } from './typed.ts';
import { type Side, unreachable } from './vocabulary.ts';

/** What a place holds, in plain words for rows and sentences: `blue`, `missing`, `purple (not a side)`. */
export function heldWords(held: Held): string {
  switch (held.kind) {
    case 'side':
      return held.side;
    case 'foreign':
      return `${typed(held.value)} (neither side)`;
    case 'missing':
      return held.keys === undefined ? 'missing' : `missing (${typed(held.keys.join(', '))})`;
    case 'duplicate':
      return `twice in the map (${typed(held.values.join(', '))})`;
    case 'between':
      return `neither side whole (${typed(held.words)})`;
    case 'none':
      return 'nothing kept';
    case 'unreadable':
      return `unreadable: ${typed(held.why)}`;
    default:
      return unreachable(held);
  }
}

/** The same with the value as it stands on the node: a side is the word that names it there. For the journal's columns. */
export function valueWords(held: Held, words: Readonly<Record<Side, string>>): string {
  return held.kind === 'side' ? words[held.side] : heldWords(held);
}

/** True when both hold the same. */
export function sameHeld(a: Held, b: Held): boolean {
  return a.kind === b.kind && heldWords(a) === heldWords(b);
}
