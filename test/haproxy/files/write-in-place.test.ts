import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTorn } from '../../../src/haproxy/files/write-in-place.ts';
import { writeMapFile } from '../../../src/haproxy/map-file/map-file.ts';
import type { Side } from '../../../src/release/vocabulary.ts';

const named = (side: Side) => [{ key: 'active', value: `backend_${side}` }];
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-map-'));
  path = join(folder, 'bluegreen.map');
  writeFileSync(path, 'active backend_blue\nother x\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => ({ file: pathToFileURL(path).href, write: 'in_place' }) as const;

test('the inode stays, so that every other name has the new text, and nothing is left', async () => {
  const { ino } = statSync(path);
  const second = join(folder, 'second.map');
  linkSync(path, second);

  await writeMapFile(file(), named('green'));
  expect(readFileSync(second, 'utf8')).toBe('active backend_green\nother x\n');
  await writeMapFile(file(), named('blue'));

  expect(readFileSync(second, 'utf8')).toBe('active backend_blue\nother x\n');
  expect(statSync(path).ino).toBe(ino);
  expect(readdirSync(folder)).toEqual(['bluegreen.map', 'second.map']);
});

test('a change that came in meanwhile is not overwritten', async () => {
  const failing = writeMapFile(file(), named('green'), (name) => {
    if (name === 'rename:before') writeFileSync(path, 'active backend_blue\nnew x\n');
  });

  await expect(failing).rejects.toThrow('was changed by somebody else meanwhile');
  expect(readFileSync(path, 'utf8')).toBe('active backend_blue\nnew x\n');
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test('a link that leads elsewhere than it was planned is not followed', async () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, 'active backend_blue\n');
  rmSync(path);
  symlinkSync('elsewhere', path);

  const failing = writeMapFile({ ...file(), leadsTo: path }, named('green'));

  await expect(failing).rejects.toThrow(
    `leads to ${elsewhere} now, and led to ${path} when the release was planned, so nothing was written`,
  );
  expect(readFileSync(elsewhere, 'utf8')).toBe('active backend_blue\n');
});

const before = 'active backend_blue\nother x\n';
const after = 'active backend_green\nother x\n';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const recordOf = (from: string, to: string) =>
  `{"before":${from.length},"after":${to.length}}\n${from}${to}`;

test.each([
  ['the old text', before, false],
  ['the new text', after, false],
  [
    'the beginning of the new one, the rest of the old one',
    `${after.slice(0, 18)}${before.slice(18)}`,
    true,
  ],
  ['the new text with an old end behind it', `${before}x`.slice(0, 28), false],
  ["somebody else's text", 'active backend_blue\nmine x\n', false],
  ['nothing', '', false],
])('%s: torn is %s', (_, text, torn) => {
  expect(isTorn(bytes(text), { before: bytes(before), after: bytes(after) })).toBe(torn);
});

test('an overwriting to a shorter text, cut before the end was cut off, is torn', () => {
  const cut = bytes(`short\n${before.slice(6)}`);
  expect(isTorn(cut, { before: bytes(before), after: bytes('short\n') })).toBe(true);
});

test('an overwriting to a longer text that was cut is torn', () => {
  const cut = bytes(after.slice(0, 20));
  expect(isTorn(cut, { before: bytes('short\n'), after: bytes(after) })).toBe(true);
});

test.each([
  ['torn', `${after.slice(0, 18)}${before.slice(18)}`, after],
  ['done', after, after],
  ['not begun', before, after],
])('what a crash left %s is mended by the next write', async (_, text, wanted) => {
  writeFileSync(path, text, 'latin1');
  const record = join(folder, '.bluegreen.map.pointsman-dead.overwrite');
  writeFileSync(record, recordOf(before, after));
  writeFileSync(join(folder, '.bluegreen.map.pointsman-dead'), after);

  await writeMapFile(file(), named('green'));

  expect(readFileSync(path, 'latin1')).toBe(wanted);
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test.each([
  ['in its lengths', 10],
  ['in its bytes', -1],
])('a record that was itself cut short %s changes nothing', async (_, end) => {
  const longer = `${before.replace('other x', 'other y')}more z\n`;
  const somebodysOwn = longer.slice(0, before.length);
  writeFileSync(path, somebodysOwn);
  const record = recordOf(before, longer).slice(0, end);
  writeFileSync(join(folder, '.bluegreen.map.pointsman-dead.overwrite'), record);

  await writeMapFile(file(), named('blue'));

  expect(readFileSync(path, 'utf8')).toBe(somebodysOwn);
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});
