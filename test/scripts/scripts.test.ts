import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-scripts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['all passed', { numPassedTests: 7 }, '7 passed, 0 failed\n'],
  ['some failed', { numPassedTests: 5, numFailedTests: 2 }, '5 passed, 2 failed\n'],
  ['some skipped', { numPassedTests: 5, numPendingTests: 1 }, '1 skipped\n5 passed, 0 failed\n'],
  [
    'a file that cannot be loaded',
    { numPassedTests: 5, testResults: [{ status: 'failed', assertionResults: [] }] },
    '5 passed, 1 failed\n',
  ],
])('the last line of the build counts honestly: %s', (_, counts, line) => {
  const file = join(folder, 'results.json');
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] };
  writeFileSync(file, JSON.stringify({ ...none, ...counts }));

  expect(run('count-tests.mjs', file)).toEqual({ status: 0, stdout: line, stderr: '' });
});

test('where no test was run nothing is counted as passed', () => {
  const file = join(folder, 'results.json');
  writeFileSync(file, '');

  expect(run('count-tests.mjs', file)).toMatchObject({ status: 1, stdout: 'no test was run\n' });
});

test('getting ready for something unknown is answered with what there is', () => {
  expect(run('ready.mjs', 'dmeo')).toEqual({
    status: 1,
    stdout: '',
    stderr: '"dmeo" is nothing to get ready for: say one of check, demo, test.\n',
  });
});

test('a browser that cannot be started is named', () => {
  const browser = join(folder, 'no-browser');

  expect(run('ready.mjs', 'test', { CHROMIUM: browser })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`CHROMIUM names ${browser}, which cannot be started.\n`),
  });
});

function run(script: string, argument: string, env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(scripts, script), argument],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, stdout, stderr };
}
