import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeMapFile } from '../../../src/haproxy/map-file/map-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-map-'));
  path = join(folder, 'bluegreen.map');
  writeFileSync(path, 'active backend_blue\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = () =>
  writeMapFile({ file: pathToFileURL(path).href }, [{ key: 'active', value: 'backend_green' }]);
const run = (program: string, ...args: string[]) =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '';
const hasAcl = run('setfacl', '--version') !== '';
const hasAttr = run('setfattr', '--version') !== '';

describe.skipIf(!hasAcl)('an access control list (needs the package acl)', () => {
  test('goes over to the file that takes its place', async () => {
    run('setfacl', '-m', 'u:65534:r,g:33:rw', path);
    const before = run('getfacl', '-cn', path);
    const { ino } = statSync(path);

    await write();

    expect(run('getfacl', '-cn', path)).toBe(before);
    expect(before).toContain('user:65534:r--');
    expect(statSync(path).ino).not.toBe(ino);
  });
});

describe.skipIf(!hasAttr)('an extended attribute (needs the package attr)', () => {
  test('goes over to the file that takes its place', async () => {
    run('setfattr', '-n', 'user.made_by', '-v', 'ansible', path);

    await write();

    expect(run('getfattr', '--only-values', '-n', 'user.made_by', path)).toBe('ansible');
  });
});
