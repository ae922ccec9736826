import { geometric, type LogRatios } from './evidence.ts';
import type { Answers } from './limit-test.ts';

const ratios = geometric(1.25, 64, 24);

/**
 * What the answers of both sides in one interval say against "the new side fails at most `tolerated` times as often as the
 * old one". Of the errors of both, each is the new side's with a chance that only the shares of the requests decide,
 * whatever the common rate does meanwhile. Needs both sides live.
 */
export function comparisonRatios(
  { old, fresh }: { readonly old: Answers; readonly fresh: Answers },
  tolerated: number,
  alternatives: readonly number[] = ratios.map((ratio) => ratio * tolerated),
): LogRatios {
  if (old.requests === 0 || fresh.requests === 0) return alternatives.map(() => 0);
  const weight = fresh.requests / old.requests;
  const share = (ratio: number): number => (weight * ratio) / (1 + weight * ratio);
  const expected = share(tolerated);
  return alternatives.map(
    (ratio) =>
      fresh.errors * Math.log(share(ratio) / expected) +
      old.errors * Math.log((1 - share(ratio)) / (1 - expected)),
  );
}
