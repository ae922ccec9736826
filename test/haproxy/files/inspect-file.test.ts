import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileWrite, inspectFile } from '../../../src/haproxy/files/inspect-file.ts';
import { waitUntil } from '../../support/wait-until.ts';

let folder: string;
let path: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'pm-map-')));
  path = join(folder, 'bluegreen.map');
  writeFileSync(path, 'active backend_blue\n');
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const inspect = (file = path, write?: FileWrite) => inspectFile(pathToFileURL(file).href, write);

test('a file of its own in a folder of its own can be written', async () => {
  expect(await inspect()).toEqual({});
});

test('a link is told by where it leads', async () => {
  const link = join(folder, 'link.map');
  symlinkSync('bluegreen.map', link);

  expect(await inspect(link)).toEqual({ diskFile: path });
});

test('a file that is not there cannot, and says which', async () => {
  const { diskObstacle } = await inspect(join(folder, 'nowhere.map'));

  expect(diskObstacle).toContain('nowhere.map');
});

test('a folder is no file, and a folder that takes no new file is none to write into', async () => {
  mkdirSync(join(folder, 'maps'));

  expect((await inspect(join(folder, 'maps'))).diskObstacle).toContain('is no regular file');
  expect((await inspect('/proc/self/status')).diskObstacle).toBeDefined();
});

test('a file with a second name is not replaced: the other name would keep the old text', async () => {
  linkSync(path, join(folder, 'second.map'));

  expect((await inspect()).diskObstacle).toBe(
    `${path} has 2 names (hard links), and HAProxy may read it by another one, which would keep the old text: leave one name, or keep the file's inode with \`file_write: in_place\` at this node`,
  );
  expect(await inspect(path, 'in_place')).toEqual({});
});

const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

/** A process for whom the file is mounted by itself, as in a container with `-v file:file`. */
async function mountedElsewhere(): Promise<string> {
  const at = join(folder, 'mounted.map');
  const ready = join(folder, 'ready');
  writeFileSync(at, '');
  const script = `mount --bind "$1" "$2" && echo > "$3" && exec sleep 600`;
  child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', path, at, ready], { stdio: 'ignore' });
  await waitUntil(() => spawnSync('test', ['-s', ready]).status === 0);
  return at;
}

/** What the machine's mounts are is kept for a moment. */
const obstacleWith = async (words: string, write?: FileWrite): Promise<string> => {
  let said = '';
  await waitUntil(async () => {
    said = (await inspect(path, write)).diskObstacle ?? '';
    return said.includes(words);
  });
  return said;
};

describe.skipIf(!canMount)('a file that is mounted by itself (needs root and unshare)', () => {
  test('is not replaced, and may be overwritten', async () => {
    const at = await mountedElsewhere();

    expect(await obstacleWith('mounted by itself')).toBe(
      `${path} is mounted by itself for sleep (process ${child?.pid}), at ${at}, and a new file in its place would never arrive there: mount its folder instead, or keep the file's inode with \`file_write: in_place\` at this node`,
    );
    expect(await inspect(path, 'in_place')).toEqual({});
  });

  test('and was replaced since, is told whichever way it is written', async () => {
    await mountedElsewhere();

    writeFileSync(join(folder, 'new'), 'active backend_green\n');
    renameSync(join(folder, 'new'), path);

    expect(await obstacleWith('still has the file that stood at', 'in_place')).toContain(
      'start it again, with the folder mounted instead of the file',
    );
  });
});
