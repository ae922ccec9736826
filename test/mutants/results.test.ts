import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Results, shardOf } from './results.ts';

test('a run that was cut off finds what it has judged, and nothing of the line it was cut in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-results-'));
  const file = join(folder, 'results.jsonl');
  const first = { check: 'fence', verdict: { kind: 'survived' }, seconds: 3 } as const;
  const again = { ...first, verdict: { kind: 'killed', by: ['a test'] } } as const;

  const results = new Results(file);
  results.add(first);
  results.add(again);
  appendFileSync(file, '{"check":"barrier","verd');
  const resumed = new Results(file);

  expect(resumed.of('fence')).toEqual(again);
  expect(resumed.of('barrier')).toBeUndefined();
  rmSync(folder, { recursive: true, force: true });
});

test('the shards have every mutant once', () => {
  const all = Array.from({ length: 10 }, (_, i) => i);

  const shards = ['1/3', '2/3', '3/3'].map((shard) => shardOf(all, shard));

  expect(shards.map((shard) => shard.length)).toEqual([4, 3, 3]);
  expect(shards.flat().sort((a, b) => a - b)).toEqual(all);
  for (const wrong of ['0/3', '4/3', '1', 'x/y']) {
    expect(() => shardOf(all, wrong)).toThrow('--shard takes i/n');
  }
});
