import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { judgeAfterStart, newFolder, playApart, record, resetFleet } from './crash.ts';
import { paths } from './paths.ts';

// Every hit of every path takes minutes: `npm run kills` does that. Here it is every n-th.
const every = process.env.POINTSMAN_EVERY_KILL === '1' ? 1 : 9;

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await aFleet().withNodes(3).start();
});

afterAll(async () => {
  await fleet.end();
});

describe.each(paths)('killed on the path "%s" and started again', (path) => {
  test('the invariants hold, wherever it was killed', async () => {
    await resetFleet(fleet);
    const hits = await record(fleet, path);
    const violations: string[] = [];

    for (let hit = 1; hit <= hits.length; hit += every) {
      await resetFleet(fleet);
      const folder = newFolder();
      await playApart(folder, fleet.target().nodes, path, `kill:${hit}`);
      const why = await judgeAfterStart(fleet, folder);
      if (why !== undefined) violations.push(`hit ${hit} (${hits[hit - 1]}): ${why}`);
    }

    expect(hits.length).toBeGreaterThan(5);
    expect(violations).toEqual([]);
  }, 900_000);
});
