import type { Answers } from './limit-test.ts';

const most = 50;

/**
 * How many errors come together: variance over mean of the errors of equal spans of time, for the requests that each span
 * had. 1 = independent of each other, as the tests assume; evidence is divided by it. Between 1 and 50.
 */
export function burstinessOf(spans: readonly Answers[]): number {
  const used = spans.filter(({ requests }) => requests > 0);
  const requests = used.reduce((sum, span) => sum + span.requests, 0);
  const errors = used.reduce((sum, span) => sum + span.errors, 0);
  if (used.length < 2 || errors === 0) return 1;
  const rate = errors / requests;
  const squares = used.reduce((sum, span) => {
    const expected = span.requests * rate;
    return sum + (span.errors - expected) ** 2 / expected;
  }, 0);
  return Math.min(most, Math.max(1, squares / (used.length - 1)));
}
