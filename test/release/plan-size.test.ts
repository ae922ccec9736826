import { expect, test } from 'vitest';
import { fitBody } from '../../src/journal/fit-body.ts';
import { fitted, inBrief, largestBody, whyTooLarge } from '../../src/release/plan-size.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';

const planFor = (count: number) => {
  const nodes = Array.from({ length: count }, (_, i) => `lb-${i}`);
  return aRelease({ kind: 'rollback', nodes }).plan;
};
const silentPlan = (count: number) => {
  const plan = planFor(count);
  const why = `${'lb-1 gave no whole answer to "show info" at unix:///run/haproxy/admin.sock. '.repeat(4)}`;
  const silent = { kind: 'unreadable', why } as const;
  return {
    ...plan,
    observed: plan.observed.map(({ node }) => inBrief({ node, memory: silent, disk: silent })),
  };
};

test('a plan of silent nodes is hardly larger than one of nodes that answer', () => {
  const [answering, silent] = [planFor(150), silentPlan(150)].map((plan) =>
    Buffer.byteLength(JSON.stringify(plan)),
  ) as [number, number];

  expect(silent).toBeLessThan(answering * 1.1);
});

test('what fits by this measure fits its row, with the longest reason a person may type', () => {
  let count = 100;
  while (whyTooLarge(silentPlan(count + 1)) === undefined) count += 1;
  const requested = {
    number: 999_999,
    plan: silentPlan(count),
    reason: 'ä"'.repeat(5_000),
    membership: 'x'.repeat(1_000),
    override: '€'.repeat(5_000),
  };

  const body = fitBody(requested);

  expect(Buffer.byteLength(body)).toBeLessThan(largestBody);
  expect(JSON.parse(body).plan).toEqual(requested.plan);
});

test('a rollback that does not fit leaves out what was found, never the nodes', () => {
  let count = 100;
  while (whyTooLarge(silentPlan(count)) === undefined) count += 1;
  const plan = silentPlan(count);

  const now = fitted(plan);

  expect(now).toEqual({ ...plan, observed: [] });
  expect(whyTooLarge(now)).toBeUndefined();
  expect(fitted(planFor(2))).toEqual(planFor(2));
});

test('a plan that no row holds is told with the number of nodes that would', () => {
  expect(whyTooLarge(planFor(1_000))).toMatch(
    /^its plan names 1000 nodes in \d+ bytes, and a journal row holds 63000, which is about 2\d\d such nodes; divide the fleet$/,
  );
});

test('another hand writes no novel into a plan', () => {
  const long = 'x'.repeat(10_000);
  const node = nodeName('lb-1');

  const brief = inBrief({
    node,
    memory: { kind: 'foreign', value: long },
    disk: { kind: 'duplicate', values: [long, long, long] },
  });

  expect(Buffer.byteLength(JSON.stringify(brief))).toBeLessThan(400);
});
