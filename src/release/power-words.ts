import type { BakePower } from './bake-facts.ts';
import { counted } from './counted.ts';
import type { BakePlan } from './plan.ts';

/** What a bake can find, in a sentence: the most useful one before it begins. */
export function powerWords(
  { perSecond, finds }: BakePower,
  { forMs, minimumRequests }: BakePlan,
): string {
  const rate = rateWords(perSecond);
  const traffic = `today's traffic (${rate} ${rate === '1' ? 'request' : 'requests'}/s)`;
  if (finds !== null) {
    return `This bake finds an error rate of ${percentWords(finds.rate)} or worse within ${timeWords(finds.withinMs)} at ${traffic}.`;
  }
  const requests = Math.round((perSecond * forMs) / 1000);
  const few = requests < minimumRequests ? `, fewer than ${minimumRequests}` : '';
  return `This bake finds nothing at ${traffic}: it sees about ${counted(requests, 'request')}${few}. What it cannot find, a person has to.`;
}

/** `2%`, `0.15%`. */
export function percentWords(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))}%`;
}

function rateWords(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : String(Number(perSecond.toPrecision(2)));
}

function timeWords(ms: number): string {
  return ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
}
