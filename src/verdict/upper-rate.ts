import type { Answers } from './limit-test.ts';

/** Halving the interval so often leaves nothing of it that a person would see. */
const halvings = 60;

/**
 * The highest error rate, 0..1, that these answers leave possible with a chance of `alpha`: Chernoff's bound, which is
 * never too low. 1 where there are none. `burstiness`: errors that come together count as fewer.
 */
export function upperRate({ requests, errors }: Answers, alpha: number, burstiness = 1): number {
  if (requests === 0) return 1;
  const seen = errors / requests;
  const allowed = (Math.log(1 / alpha) * burstiness) / requests;
  let [low, high] = [seen, 1];
  for (let i = 0; i < halvings; i += 1) {
    const middle = (low + high) / 2;
    if (divergence(seen, middle) > allowed) high = middle;
    else low = middle;
  }
  return high;
}

/** Of a share that was seen from a rate, in nats (Kullback and Leibler). */
function divergence(seen: number, rate: number): number {
  const good = seen === 1 ? 0 : (1 - seen) * Math.log((1 - seen) / (1 - rate));
  return good + (seen === 0 ? 0 : seen * Math.log(seen / rate));
}
