import { geometric, type LogRatios } from './evidence.ts';

/** Requests that have ended, and how many of them with 5xx. */
export interface Answers {
  readonly requests: number;
  readonly errors: number;
}

/** The alternatives' odds, in multiples of the tested rate's. */
const oddsRatios = geometric(1.5, 64, 16);
/** A limit of nothing at all cannot be tested: one request of ten thousand is the least. */
const leastRate = 1e-4;

/** The error rates that the tested rate is compared with. */
export function alternativesTo(rate: number): readonly number[] {
  const odds = rate / (1 - rate);
  return oddsRatios.map((ratio) => (ratio * odds) / (1 + ratio * odds));
}

/**
 * What these answers say against "the error rate is at most `rate`" (0..1). Holds for every rate below it, too. Exact for
 * counts; no errors say that it is right.
 */
export function limitRatios(
  { requests, errors }: Answers,
  rate: number,
  alternatives?: readonly number[],
): LogRatios {
  const tested = Math.max(rate, leastRate);
  if (tested >= 1) return oddsRatios.map(() => 0);
  return (alternatives ?? alternativesTo(tested)).map(
    (other) =>
      errors * Math.log(other / tested) +
      (requests - errors) * Math.log((1 - other) / (1 - tested)),
  );
}
