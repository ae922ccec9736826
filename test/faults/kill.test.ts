import { expect, test } from 'vitest';
import { grounds } from './kills/grounds/grounds.ts';
import { paths } from './kills/path.ts';
import { runKills } from './kills/run-kills.ts';

// Every hit of every path takes ten minutes and more per route: `npm run kills` does that. Here it is a sample.
const samples = {
  map: 150,
  hooks: 240,
  config: 260,
  'sessions-servers': 180,
  'sessions-zone': 230,
  'sessions-health': 230,
};

test.each(Object.entries(samples))(
  'on route %s: killed anywhere on any path, and once more while it recovers, the invariants hold after the next start',
  async (route, every) => {
    const ground = grounds[route];
    if (ground === undefined) throw new Error(`no ground ${route}`);

    const report = await runKills({ ground, paths, lanes: 2, every, seconds: 6 });

    expect(report.violations).toEqual([]);
    expect(Object.keys(report.hits).sort()).toEqual([...paths].sort());
    expect(Math.min(...Object.values(report.hits))).toBeGreaterThan(5);
    // How many of a sample's hits come again varies with the machine; all of them are the script's affair.
    expect(report.second).toBeGreaterThan(0);
    expect(report.kills).toBeGreaterThan(5);
  },
  300_000,
);
