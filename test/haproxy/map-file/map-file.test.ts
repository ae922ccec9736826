import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FileFailed } from '../../../src/haproxy/errors.ts';
import { readMapFile, writeMapFile } from '../../../src/haproxy/map-file/map-file.ts';
import type { Failpoint } from '../../../src/haproxy/runtime-api.ts';
import type { Side } from '../../../src/release/vocabulary.ts';

const words = { blue: 'backend_blue', green: 'backend_green' };
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-map-'));
  path = join(folder, 'bluegreen.map');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (key = 'active') => ({ file: pathToFileURL(path).href, keys: [key], words });

/** Makes every key of the line name a side. */
const write = ({ file, keys }: ReturnType<typeof line>, to: Side, failpoint?: Failpoint) =>
  writeMapFile(
    { file },
    keys.map((key) => ({ key, value: words[to] })),
    failpoint,
  );

test.each([
  ['active backend_green\n', { kind: 'side', side: 'green' }],
  ['  active   backend_blue', { kind: 'side', side: 'blue' }],
  ['active backend_purple\n', { kind: 'foreign', value: 'backend_purple' }],
  ['active backend_blue twice\n', { kind: 'foreign', value: 'backend_blue twice' }],
  ['#active backend_blue\n', { kind: 'missing' }],
  ['', { kind: 'missing' }],
  ['active a\nactive b\n', { kind: 'duplicate', values: ['a', 'b'] }],
])('a file with %j holds %j', async (text, held) => {
  writeFileSync(path, text);

  expect(await readMapFile(line())).toEqual(held);
});

test('a file that is not there is unreadable, with the reason', async () => {
  expect(await readMapFile(line())).toEqual({
    kind: 'unreadable',
    why: expect.stringContaining('ENOENT'),
  });
});

test('only the line of the key changes; mode, owner and the rest stay', async () => {
  writeFileSync(path, '# map\r\nactive backend_blue\r\nother x y\r\nlast', 'latin1');
  chmodSync(path, 0o640);
  if (process.getuid?.() === 0) chownSync(path, 12, 34);
  const { uid, gid, ino } = statSync(path);

  await write(line(), 'green');

  expect(readFileSync(path, 'latin1')).toBe('# map\r\nactive backend_green\r\nother x y\r\nlast');
  const after = statSync(path);
  expect([after.mode & 0o7777, after.uid, after.gid]).toEqual([0o640, uid, gid]);
  expect(after.ino).not.toBe(ino);
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test('a missing key gets a line at the end, a duplicate is refused with the way out', async () => {
  writeFileSync(path, 'other x');

  await write(line(), 'green');
  expect(readFileSync(path, 'utf8')).toBe('other x\nactive backend_green\n');
  writeFileSync(path, 'active backend_blue\nactive backend_green\n');
  const failure = await write(line(), 'green').catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(FileFailed);
  expect((failure as Error).message).toBe(
    `The file ${path} names the key active 2 times (backend_blue, backend_green), so nothing was written: leave one line of them and try again.`,
  );
  expect(readFileSync(path, 'utf8')).toBe('active backend_blue\nactive backend_green\n');
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test('a file that names the side already is left as it is', async () => {
  writeFileSync(path, 'active backend_green\n');
  const { ino } = statSync(path);

  await write(line(), 'green');

  expect(statSync(path).ino).toBe(ino);
});

test('a link stays a link, and its target is replaced in its own folder', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'a.map'), 'active backend_blue\n');
  symlinkSync(join('real', 'a.map'), path);

  await write(line(), 'green');

  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('active backend_green\n');
  expect(readdirSync(join(folder, 'real'))).toEqual(['a.map']);
});

test('what a crash left is removed by the next write; what belongs to others is not', async () => {
  writeFileSync(path, 'active backend_blue\n');
  writeFileSync(join(folder, '.bluegreen.map.pointsman-dead'), 'half');
  writeFileSync(join(folder, '.other.map.pointsman-dead'), 'half');

  await write(line(), 'green');

  expect(readdirSync(folder).sort()).toEqual(['.other.map.pointsman-dead', 'bluegreen.map']);
});

test('a failure before the rename leaves the old file and nothing else', async () => {
  writeFileSync(path, 'active backend_blue\n');

  const failing = write(line(), 'green', (name) => {
    if (name === 'rename:before') {
      expect(readdirSync(folder)).toHaveLength(2);
      throw new Error('the disk is full');
    }
  });

  await expect(failing).rejects.toThrow('could not be replaced: the disk is full');
  expect(readFileSync(path, 'utf8')).toBe('active backend_blue\n');
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test('a change that came in meanwhile is not overwritten', async () => {
  writeFileSync(path, 'active backend_blue\n');

  const failing = write(line(), 'green', (name) => {
    if (name === 'rename:before') writeFileSync(path, 'active backend_blue\nnew x\n');
  });

  await expect(failing).rejects.toThrow('was changed by somebody else meanwhile');
  expect(readFileSync(path, 'utf8')).toBe('active backend_blue\nnew x\n');
  expect(readdirSync(folder)).toEqual(['bluegreen.map']);
});

test('a file that does not keep what was written is a failure', async () => {
  writeFileSync(path, 'active backend_blue\n');

  const failing = write(line(), 'green', (name) => {
    if (name === 'rename:after') writeFileSync(path, 'active backend_blue\n');
  });

  await expect(failing).rejects.toThrow('does not hold what was written to it');
});

test('writers of the same file under different names come one after the other', async () => {
  writeFileSync(path, '');
  const other = join(folder, 'other.map');
  symlinkSync(path, other);

  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      write(
        { ...line(`key${i}`), file: pathToFileURL(i % 2 === 0 ? path : other).href },
        i % 3 === 0 ? 'green' : 'blue',
      ),
    ),
  );

  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(lines.sort()).toEqual(
    Array.from(
      { length: 20 },
      (_, i) => `key${i} backend_${i % 3 === 0 ? 'green' : 'blue'}`,
    ).sort(),
  );
});

test('a folder is no map file, and a key that is no word is refused', async () => {
  mkdirSync(path);
  await expect(write(line(), 'green')).rejects.toThrow('is no regular file');
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
  linkSync(path, join(folder, 'hard'));
  await expect(write(line('a b'), 'green')).rejects.toThrow('cannot stand as one line');
});

test('the new text has reached the disk before it takes the path, and the path and its folder have after it', async () => {
  writeFileSync(path, 'active backend_blue\n');
  const synced: string[] = [];
  const sync = await syncOf(path);
  const spy = vi.spyOn(sync.of, 'sync').mockImplementation(function (this: FileHandle) {
    synced.push(`${basename(readlinkSync(`/proc/self/fd/${this.fd}`))}: ${textAt(path)}`);
    return sync.real.call(this);
  });

  await write(line(), 'green').finally(() => spy.mockRestore());

  expect(synced).toEqual([
    expect.stringMatching(/^\.bluegreen\.map\.pointsman-\S+: active backend_blue$/),
    'bluegreen.map: active backend_green',
    `${basename(folder)}: active backend_green`,
  ]);
});

const textAt = (file: string): string => readFileSync(file, 'utf8').trim();

/** What all open files of Node have in common: the kernel's fsync is called through it. */
async function syncOf(file: string): Promise<{ of: FileHandle; real: FileHandle['sync'] }> {
  const handle = await open(file);
  await handle.close();
  const of = Object.getPrototypeOf(handle) as FileHandle;
  return { of, real: of.sync };
}
