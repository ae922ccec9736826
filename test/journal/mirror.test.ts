import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Mirror } from '../../src/journal/mirror.ts';
import { makeRow, origin } from '../../src/journal/row.ts';
import { system } from '../../src/release/vocabulary.ts';
import { aFolder } from '../support/journal-store.ts';

const instant = { at: '2026-11-20T10:00:00.000Z', boot: 'b', mono: 1.25 };

function aRow(why: string) {
  const draft = { actor: system('test'), what: { kind: 'stopped', why } } as const;
  return makeRow(draft, origin, instant, 'f');
}

test('a line that a crash cut short is not read, and the next transaction takes its place', () => {
  const mirror = new Mirror(`${aFolder()}/p.db`);
  mirror.append([aRow('ä'), aRow('b')]);
  const whole = readFileSync(mirror.path);
  writeFileSync(mirror.path, Buffer.concat([whole, whole.subarray(0, 40)]));

  const before = mirror.rows();
  mirror.append([aRow('c')]);

  expect(before).toEqual([aRow('ä'), aRow('b')]);
  expect(mirror.rows()).toEqual([aRow('ä'), aRow('b'), aRow('c')]);
});

test('a file that is not a mirror has no rows to tell', () => {
  const mirror = new Mirror(`${aFolder()}/p.db`);

  expect(mirror.rows()).toEqual([]);
  writeFileSync(mirror.path, 'dear diary\n');
  expect(mirror.rows()).toBeUndefined();
});
