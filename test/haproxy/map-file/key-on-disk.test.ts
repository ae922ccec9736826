import { mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { valuesOnDisk } from '../../../src/haproxy/map-file/key-on-disk.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-key-'));
  path = join(folder, 'a.map');
  writeFileSync(path, 'other x\nactive blue\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Reads until the file is known, and not read again while it stays. */
async function known(): Promise<void> {
  await valuesOnDisk(path, 'active');
  await pause(2100);
  await valuesOnDisk(path, 'active');
}

function mustNotRead(): Promise<Buffer> {
  throw new Error('it was read again');
}

test('a file that stays is not read again, and one that may have changed is', async () => {
  await known();

  const again = await valuesOnDisk(path, 'active', mustNotRead);
  // In place, same length, and with the old times set again: the inode's own change time tells.
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'other x\nactive grey\n');
  utimesSync(path, atime, mtime);
  const inPlace = await valuesOnDisk(path, 'active');
  writeFileSync(`${path}.new`, 'other x\nactive teal\n');
  renameSync(`${path}.new`, path);
  const replaced = await valuesOnDisk(path, 'active');

  expect([again, inPlace, replaced]).toEqual([['blue'], ['grey'], ['teal']]);
});

test('what was read sooner than a slow clock ticks is read again, though its stamp is the same', async () => {
  const first = await valuesOnDisk(path, 'active', async () => Buffer.from('active blue\n'));
  const second = await valuesOnDisk(path, 'active', async () => Buffer.from('active grey\n'));

  expect([first, second]).toEqual([['blue'], ['grey']]);
});

test('several keys of one file, asked for at once, are one reading', async () => {
  let readings = 0;
  const read = (file: string) => {
    readings += 1;
    return readFile(file);
  };

  const values = await Promise.all(
    ['other', 'active', 'absent', 'active'].map((key) => valuesOnDisk(path, key, read)),
  );

  expect(values).toEqual([['x'], ['blue'], [], ['blue']]);
  expect(readings).toBe(1);
});

test('a file that is gone, or becomes readable again', async () => {
  await known();
  rmSync(path);

  await expect(valuesOnDisk(path, 'active')).rejects.toThrow(/ENOENT/);
  writeFileSync(path, 'active red\n');
  expect(await valuesOnDisk(path, 'active')).toEqual(['red']);
});
