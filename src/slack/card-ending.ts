import type { Release } from '../release/release.ts';
import { skewWords } from '../release/skew-words.ts';
import { spanText } from './slack-date.ts';
import { cutText, isSlackUser, personText, sentenceText } from './slack-text.ts';

/** How it ended, by whose hand, how long it took. */
export function endLines({ ended, skewMs }: Release): readonly string[] {
  if (ended === undefined) return [];
  return [
    `*${cutText(sentenceText(ended.sentence), 2_500)}*`,
    [
      byWords(ended),
      `${byWords(ended) === undefined ? 'Took' : 'took'} ${spanText(ended.durationMs)}`,
      skewWords(skewMs),
    ]
      .filter((part) => part !== undefined)
      .join('  ·  '),
  ];
}

/** Who ended it, where the sentence does not say so. */
function byWords({ by, sentence }: NonNullable<Release['ended']>): string | undefined {
  if (sentence.includes(`@${by}`)) return undefined;
  const person = personText(by);
  return `${isSlackUser(by) ? 'By' : 'Ended by'} ${person}`;
}

/** The anchor outside the journal: the newest row of the release, by its hash. */
export function anchorLine({ head }: Release): string {
  return `journal #${head.seq} ${head.hash}`;
}
