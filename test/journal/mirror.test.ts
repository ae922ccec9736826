import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JournalKey } from '../../src/journal/journal-key.ts';
import { Mirror, type MirrorLine } from '../../src/journal/mirror.ts';
import { makeRow, origin } from '../../src/journal/row.ts';
import { system } from '../../src/release/vocabulary.ts';
import { aFolder } from '../support/journal-store.ts';

const instant = { at: '2026-11-20T10:00:00.000Z', boot: 'b', mono: 1.25 };

function aRow(why: string) {
  const draft = { actor: system('test'), what: { kind: 'stopped', why } } as const;
  return makeRow(draft, origin, instant, 'f');
}

function aMirror(database = `${aFolder()}/p.db`): Mirror {
  return new Mirror(database, JournalKey.of(database));
}

const linesOf = (mirror: Mirror): readonly MirrorLine[] => [...mirror.lines()];
const line = (...whys: readonly string[]) => ({ kind: 'rows', rows: whys.map(aRow) });

test('a line that a crash cut short is not read, and the next transaction takes its place', () => {
  const mirror = aMirror();
  mirror.append([aRow('ä'), aRow('b')]);
  const whole = readFileSync(mirror.path);
  writeFileSync(mirror.path, Buffer.concat([whole, whole.subarray(0, 40)]));

  const before = linesOf(mirror);
  mirror.append([aRow('c')]);

  expect(before).toEqual([line('ä', 'b')]);
  expect(linesOf(mirror)).toEqual([line('ä', 'b'), line('c')]);
});

test('lines longer than what is read at once are read whole', () => {
  const mirror = aMirror();
  const long = Array.from({ length: 3_000 }, (_, i) => `ü${i}`);
  mirror.append(long.map(aRow));
  mirror.append([aRow('after')]);

  expect(linesOf(mirror)).toEqual([line(...long), line('after')]);
});

const forgeries: readonly (readonly [string, (text: string) => string])[] = [
  ['a row was changed', (text) => text.replace('"why\\":\\"b', '"why\\":\\"x')],
  ['a mark was changed', (text) => text.replace(/"mark":"./g, '"mark":"z')],
  ['there is no mark', (text) => text.replace(/"mark":"[0-9a-f]+",/g, '')],
  ['its mark is no text', (text) => text.replace(/"mark":"[0-9a-f]+"/g, '"mark":7')],
  ['it is no mirror at all', () => 'dear diary\n'],
  ['it is one null', () => 'null\n'],
];

test.each(forgeries)('a line is not believed where %s', (_, forge) => {
  const mirror = aMirror();
  mirror.append([aRow('a'), aRow('b')]);
  const before = readFileSync(mirror.path, 'utf8');
  writeFileSync(mirror.path, forge(before));

  expect(readFileSync(mirror.path, 'utf8')).not.toBe(before);
  expect(linesOf(mirror)).toEqual([{ kind: 'forged', line: 1 }]);
});

test('lines that were written with another key are not believed, nor without any', () => {
  const mirror = aMirror();
  mirror.append([aRow('a')]);
  const elsewhere = `${aFolder()}/p.db`;
  const other = aMirror(elsewhere);
  writeFileSync(other.path, readFileSync(mirror.path));

  expect(linesOf(other)).toEqual([{ kind: 'forged', line: 1 }]);
  expect(linesOf(new Mirror(elsewhere, undefined))).toEqual([{ kind: 'forged', line: 1 }]);
});

test('what stands before a forged line counts, what stands behind it does not', () => {
  const mirror = aMirror();
  mirror.append([aRow('a')]);
  writeFileSync(mirror.path, 'dear diary\n', { flag: 'a' });
  mirror.append([aRow('b')]);

  expect(linesOf(mirror)).toEqual([line('a'), { kind: 'forged', line: 2 }]);
});

test('a pipe in its place holds nobody up', () => {
  const mirror = aMirror();
  spawnSync('mkfifo', [mirror.path]);

  expect(linesOf(mirror)).toEqual([{ kind: 'forged', line: 1 }]);
});
