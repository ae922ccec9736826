import type { Counters } from './reading.ts';

/** Several rows of one node as one: what is counted adds up, each average stays by itself. */
export function sumOfCounters(all: readonly Counters[]): Counters {
  const sum = (of: 'stot' | 'ended' | 'hrsp5xx' | 'perSecond') =>
    all.reduce((total, one) => total + one[of], 0);
  return {
    stot: sum('stot'),
    ended: sum('ended'),
    hrsp5xx: sum('hrsp5xx'),
    perSecond: sum('perSecond'),
    averages: all.flatMap(({ averages }) => averages),
  };
}
