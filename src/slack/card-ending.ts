import type { Release } from '../release/release.ts';
import { skewWords } from '../release/skew-words.ts';
import { spanText } from './slack-date.ts';
import { cutText, personText, sentenceText } from './slack-text.ts';

/** How it ended, by whose hand, how long it took. */
export function endLines({ ended, skewMs }: Release): readonly string[] {
  if (ended === undefined) return [];
  return [
    `*${cutText(sentenceText(ended.sentence), 2_500)}*`,
    [`By ${personText(ended.by)}`, `took ${spanText(ended.durationMs)}`, skewWords(skewMs)]
      .filter((part) => part !== undefined)
      .join('  ·  '),
  ];
}

/** The anchor outside the journal: the newest row of the release, by its hash. */
export function anchorLine({ head }: Release): string {
  return `journal #${head.seq} ${head.hash}`;
}
