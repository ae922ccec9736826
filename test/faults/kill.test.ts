import { expect, test } from 'vitest';
import { paths } from './kills/paths.ts';
import { runKills } from './kills/run-kills.ts';

// Every hit of every path takes a quarter of an hour: `npm run kills` does that. Here it is a sample.
test('killed anywhere on any path, and once more while it recovers, the invariants hold after the next start', async () => {
<<<<<<< HEAD
  const report = await runKills({ paths, lanes: 2, every: 40, seconds: 12 });
=======
  const report = await runKills({ paths, lanes: 2, every: 50, seconds: 10 });
>>>>>>> 42c2117 (wip)

  expect(report.violations).toEqual([]);
  expect(Object.keys(report.hits).sort()).toEqual([...paths].sort());
  expect(Math.min(...Object.values(report.hits))).toBeGreaterThan(5);
<<<<<<< HEAD
  expect(report.second).toBe(12);
  expect(report.kills).toBeGreaterThan(30);
=======
  expect(report.second).toBeGreaterThan(4);
  expect(report.kills).toBeGreaterThan(20);
>>>>>>> 42c2117 (wip)
}, 300_000);
