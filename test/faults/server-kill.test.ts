import { expect, test } from 'vitest';
import { runServerKills } from './server-kills/run-server-kills.ts';
import { serverPaths } from './server-kills/server-paths.ts';

// Every hit takes ten minutes and more: `npm run kills -- --route servers` does that. Here it is a sample.
test('single servers: killed anywhere on any path, and once more while it recovers, the invariants hold after the next start', async () => {
  const report = await runServerKills({ lanes: 2, every: 80 });

  expect(report.violations).toEqual([]);
  expect(Object.keys(report.hits).sort()).toEqual([...serverPaths].sort());
  expect(Math.min(...Object.values(report.hits))).toBeGreaterThan(20);
  expect(report.kills).toBeGreaterThan(10);
}, 300_000);
