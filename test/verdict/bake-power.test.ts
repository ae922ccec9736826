import { expect, test } from 'vitest';
import { powerWords } from '../../src/release/power-words.ts';
import { bakePower, requestsNeeded } from '../../src/verdict/bake-power.ts';
import { noBaseline, quietBaseline } from '../../src/verdict/baseline.ts';
import { byEvidence, randomFrom, simulate } from '../simulation/bakes.ts';

const bake = { forMs: 300_000, errorRate: 0.01, latency: 2, minimumRequests: 100 };
const at = (perSecond: number, more: Partial<Parameters<typeof bakePower>[1]> = {}) =>
  bakePower(bake, { perSecond, baseline: quietBaseline, bothLive: false, ...more });

test.each([
  [
    1,
    "This bake finds an error rate of 7% or worse within 3 min at today's traffic (1 request/s).",
  ],
  [
    20,
    "This bake finds an error rate of 2% or worse within 3 min at today's traffic (20 requests/s).",
  ],
  [
    500,
    "This bake finds an error rate of 1.5% or worse within 27 s at today's traffic (500 requests/s).",
  ],
  [
    0.1,
    "This bake finds nothing at today's traffic (0.1 requests/s): it sees about 30 requests, fewer than 100. What it cannot find, a person has to.",
  ],
  [
    0,
    "This bake finds nothing at today's traffic (0 requests/s): it sees about 0 requests, fewer than 100. What it cannot find, a person has to.",
  ],
])('%f requests a second', (perSecond, sentence) => {
  expect(powerWords(at(perSecond), bake)).toBe(sentence);
});

test('as few requests as are needed at least find something', () => {
  expect(at(100 / 300).finds?.rate).toBeGreaterThan(0.05);
});

test('bursts, a faulty old side and a second test find less', () => {
  const plain = at(20).finds?.rate ?? 0;

  expect(at(20, { baseline: noBaseline }).finds?.rate).toBeGreaterThan(plain);
  expect(at(100, { bothLive: true }).finds).not.toEqual(at(100).finds);
  const faulty = { ...quietBaseline, answers: { requests: 10_000, errors: 500 } };
  expect(at(20, { baseline: faulty }).finds?.rate).toBeGreaterThan(0.05);
});

test('what is told is found, in nine of ten bakes', () => {
  const { rate, withinMs } = at(50).finds ?? { rate: 0, withinMs: 0 };
  const { back } = simulate(
    300,
    randomFrom(20_261_120),
    {
      rate,
      limit: bake.errorRate,
      perSecond: () => 50,
      seconds: withinMs / 1000,
      burst: 1,
      corrected: false,
    },
    byEvidence,
  );

  expect(back).toBeGreaterThan(0.85);
});

test('twice the limit needs so many requests', () => {
  expect(requestsNeeded(0.02, bake)).toBe(3513);
});
