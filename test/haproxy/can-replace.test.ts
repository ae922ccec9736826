import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { whyNotReplaceable } from '../../src/haproxy/can-replace.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-map-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a file of its own in a folder of its own can be replaced', async () => {
  const path = join(folder, 'bluegreen.map');
  writeFileSync(path, 'active backend_blue\n');

  expect(await whyNotReplaceable(pathToFileURL(path).href)).toBeUndefined();
});

test('a file that is not there cannot, and says which', async () => {
  const path = join(folder, 'nowhere.map');

  expect(await whyNotReplaceable(pathToFileURL(path).href)).toContain(path);
});

test('a file in a folder that takes no new file cannot', async () => {
  expect(await whyNotReplaceable('file:///proc/self/status')).toBeDefined();
});
