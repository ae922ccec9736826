import type { Origin } from '../../release/journal-entry.ts';
import type { Actor, ReleaseId } from '../../release/vocabulary.ts';
import type { Appended } from '../ports.ts';

/** What a person is told after an act. A refusal is a value: nothing was done. */
export type Answer =
  | { readonly kind: 'done'; readonly text: string; readonly release?: ReleaseId }
  | { readonly kind: 'refused'; readonly text: string }
  /** The same delivery had its effect before. */
  | { readonly kind: 'duplicate' };

/** Who acts, from where. */
export interface By {
  readonly actor: Actor;
  readonly origin: Origin;
  /** The row's remark where an old membership had to serve. */
  readonly membership?: string;
}

export const refuse = (text: string): Answer => ({ kind: 'refused', text });

export const done = (text: string, release?: ReleaseId): Answer =>
  release === undefined ? { kind: 'done', text } : { kind: 'done', text, release };

/** The answer after an append: done, or nothing where the delivery was a copy. */
export function answerTo(appended: Appended, text: string, release?: ReleaseId): Answer {
  return appended.kind === 'duplicate' ? { kind: 'duplicate' } : done(text, release);
}
