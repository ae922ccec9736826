import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkConfig } from '../../../src/haproxy/config-file/check-config.ts';
import { stateOf } from '../../support/haproxy-node.ts';
import { waitUntil } from '../../support/wait-until.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-check-'));
  file = join(folder, 'haproxy.cfg');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const haproxy = ['haproxy', '-c', '-f', '{file}'];

test('HAProxy itself says whether a configuration is valid, and why not', async () => {
  writeFileSync(file, 'frontend www\n bind 127.0.0.1:1\n timeout client 1s\n');
  const valid = await checkConfig(haproxy, file);
  writeFileSync(file, 'frontend www\n bind 127.0.0.1:1\n default_backend nowhere\n');
  const invalid = await checkConfig(haproxy, file);

  expect(valid).toEqual({ kind: 'valid' });
  expect(invalid).toEqual({
    kind: 'invalid',
    why: "Proxy 'www': unable to find required default_backend: 'nowhere'",
  });
});

test('a program that cannot be run has not found it valid', async () => {
  const found = await checkConfig([join(folder, 'nothing'), '{file}'], file);

  expect(found).toEqual({
    kind: 'invalid',
    why: `${folder}/nothing cannot be run: spawn ${folder}/nothing ENOENT`,
  });
});

test('one that fails without a word is told by its exit code', async () => {
  expect(await checkConfig(['false', '{file}'], file)).toEqual({
    kind: 'invalid',
    why: 'it ended with 1',
  });
});

test('arguments reach no shell, and nothing of the environment is passed on', async () => {
  process.env.POINTSMAN_TEST_SECRET = 'hunter2';
  const found = await checkConfig(
    ['sh', '-c', 'echo "$0 $1"; env; false', 'a;b $X', '-f{file}'],
    file,
  );
  delete process.env.POINTSMAN_TEST_SECRET;

  const words = found.kind === 'invalid' ? found.why : '';
  expect(words).toContain(`a;b $X -f${file}`);
  expect(words).not.toContain('hunter2');
});

test('one that takes too long is ended with everything it has started', async () => {
  const pidFile = join(folder, 'pid');
  const script = 'sleep 600 & echo $! > "$0"; wait';

  const found = await checkConfig(['sh', '-c', script, pidFile, '{file}'], file, 300);

  expect(found).toEqual({
    kind: 'invalid',
    why: `sh -c ${script} ${pidFile} {file} took longer than 300 ms`,
  });
  expect(existsSync(pidFile)).toBe(true);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await waitUntil(() => [undefined, 'Z'].includes(stateOf(pid)), { what: `${pid} to end` });
});
