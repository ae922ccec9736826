import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTrafficLine } from '../../../src/haproxy/config-file/traffic-line.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The backend that HAProxy misses: all of what it read is in its complaint. */
async function missedBy(text: string): Promise<string | undefined> {
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, text, 'latin1');
  const failure = await promisify(execFile)('haproxy', ['-c', '-f', file]).catch(
    (error: { readonly stderr: string }) => error.stderr,
  );
  return /unable to find required default_backend: '([^']*)'/.exec(String(failure))?.[1];
}

test.each([
  'default_backend nope',
  '\t default_backend \t nope  ',
  'default_backend nope#comment',
  'default_backend nope # comment',
  'default_backend "nope"',
  "default_backend 'no'pe",
  'default_backend "no"\'pe\'',
  'default_backend no\\x70e',
  'default_backend no\\pe',
  'default_backend "no\\#pe"',
  "default_backend 'no\\#pe'",
  'default_backend no\\#pe',
  'default_backend no\\\\pe',
  'default_backend "no\\$pe"',
  'default_backend no$pe',
  "default_backend '$nope'",
  'default_backend no"#"pe',
  'default_backend nope\r',
  '"default_backend" nope',
  'default_backend nope\\ and\\ more',
  '[scope]\n default_backend nope',
])('HAProxy and the parser read the same backend in %j', async (line) => {
  const text = `frontend www\n bind 127.0.0.1:1\n ${line}\n`;

  const found = findTrafficLine(text, { frontend: 'www' });

  const missed = await missedBy(text);
  expect(missed).toBeDefined();
  expect(found.kind === 'found' ? found.backend : found.why).toBe(missed);
});

test.each([
  'default_backend "$NOPE"',
  'default_backend nope\n default_backend nope',
  '.if defined(X)\n default_backend nope\n .endif',
])('where HAProxy’s own reading hangs on more than the line, nothing is found in %j', (line) => {
  const text = `frontend www\n bind 127.0.0.1:1\n ${line}\n`;

  expect(findTrafficLine(text, { frontend: 'www' }).kind).toBe('unclear');
});
