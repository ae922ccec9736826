import { expect, test } from 'vitest';
import { mapGround } from './kills/grounds/map-ground.ts';
import { paths } from './kills/path.ts';
import { runKills } from './kills/run-kills.ts';

// Every hit of every path takes ten minutes and more: `npm run kills` does that. Here it is a sample.
test('killed anywhere on any path, and once more while it recovers, the invariants hold after the next start', async () => {
  const report = await runKills({ ground: mapGround, paths, lanes: 2, every: 50, seconds: 10 });

  expect(report.violations).toEqual([]);
  expect(Object.keys(report.hits).sort()).toEqual([...paths].sort());
  expect(Math.min(...Object.values(report.hits))).toBeGreaterThan(5);
  expect(report.second).toBeGreaterThan(4);
  expect(report.kills).toBeGreaterThan(20);
}, 300_000);
