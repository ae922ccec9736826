import { expect, test } from 'vitest';
import { type Bake, byEvidence, byRate, randomFrom, simulate } from '../simulation/bakes.ts';

// A sample of `npm run simulate-bake`; the seed is fixed, so that it says the same each time.
const runs = 300;
const seed = 20_261_120;
const usual: Bake = {
  rate: 0.005,
  limit: 0.01,
  perSecond: () => 50,
  seconds: 300,
  burst: 1,
  corrected: false,
};
const wave = (second: number) => 50 * (1 + 0.8 * Math.sin(second / 20));

test.each<[string, Partial<Bake>]>([
  ['half the limit', {}],
  ['little traffic', { perSecond: () => 5 }],
  ['much traffic', { perSecond: () => 300 }],
  ['traffic in waves', { perSecond: wave }],
  ['bursts of 5', { burst: 5, corrected: true }],
  ['bursts of 20', { burst: 20, corrected: true }],
  ['at the limit itself', { rate: 0.01 }],
])('a good release (%s) is taken back in fewer than 1 of 100 bakes', (_, bake) => {
  const { back } = simulate(runs, randomFrom(seed), { ...usual, ...bake }, byEvidence);

  expect(back).toBeLessThan(0.01);
});

test('5 % of errors are found every time, about as fast as by the plain rate', () => {
  const bad = { ...usual, rate: 0.05 };
  const evidence = simulate(runs, randomFrom(seed), bad, byEvidence);
  const rate = simulate(runs, randomFrom(seed), bad, byRate);

  expect([evidence.back, rate.back]).toEqual([1, 1]);
  expect((evidence.median ?? 0) - (rate.median ?? 0)).toBeLessThanOrEqual(2);
});

test('bursts alone would take good releases back, and 5 % in bursts are found', () => {
  const bursts = { ...usual, burst: 20 };
  const alone = simulate(runs, randomFrom(seed), bursts, byEvidence);
  const bad = { ...bursts, rate: 0.05, corrected: true };

  expect(alone.back).toBeGreaterThan(0.1);
  expect(simulate(runs, randomFrom(seed), bad, byEvidence).back).toBe(1);
});
