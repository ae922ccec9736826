import { expect, test } from 'vitest';
import { configOf, type LooseFile, problemsOf } from './config-text.ts';

const withNodes = (count: number) => (file: LooseFile) => {
  const [first] = file.fleets.edge.nodes;
  file.fleets.edge.nodes = Array.from({ length: count }, (_, i) => ({
    ...first,
    name: `lb-${i + 1}`,
    runtime: `tcp://10.20.0.${i + 1}:9999`,
    frontend: `http://10.20.0.${i + 1}:80`,
    map_file: `file:///srv/lb-${i + 1}/maps/bluegreen.map`,
    insecure: true,
  }));
};

test('a fleet of 100 nodes fits, all of them silent included', () => {
  expect(configOf(withNodes(100)).fleets.get('edge')?.nodes.length).toBe(100);
});

test('a fleet whose plan no journal row holds is named, with how many nodes one holds', () => {
  expect(problemsOf(withNodes(250))).toEqual([
    expect.stringMatching(
      /^services\.checkout\.fleet: expected a fleet that fits a release, found one too large: its plan names 250 nodes in \d+ bytes, and a journal row holds 63000, which is about 2\d\d such nodes; divide the fleet$/,
    ),
  ]);
});
