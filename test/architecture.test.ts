import { describe, expect, test } from 'vitest';
import { readImports } from './architecture/read-imports.ts';
import { readSource } from './architecture/read-source.ts';
import { importTable, violationsOf } from './architecture/rules.ts';

test('src keeps to its import table', () => {
  const files = readSource();

  const violations = violationsOf(files);

  expect(violations).toEqual([]);
  expect(files.size).toBeGreaterThan(50);
});

test('slack is imported by what wires the house alone', () => {
  const importers = [...readSource()]
    .filter(([path]) => !path.startsWith('src/slack/'))
    .filter(([path, text]) =>
      readImports(path, text).some(({ target }) => target?.startsWith('src/slack/')),
    )
    .map(([path]) => path);

  expect(importers.sort()).toEqual(['src/bot.ts', 'src/main.ts']);
});

/** A status' words as a text, or a look into it. */
const readsStatus =
  /['"](UP|DOWN|DRAIN|MAINT|NOLB|no check)['"]|\bstatus\.(startsWith|endsWith|includes|match|split|slice)\(/;
/** Health or weight taken for the answer. */
const judgesServers = /\bhealth\s*[!=]==?\s*'(healthy|no_check|down)'|\bweight\s*([!=]==?|[<>])/;

test.each([
  ['reads a status', readsStatus, 'src/haproxy/server-health.ts'],
  ['decides whether a server can take users', judgesServers, 'src/release/server-fitness.ts'],
])('one file %s', (_, judges, only) => {
  const files = [...readSource()].filter(([, text]) => judges.test(text)).map(([path]) => path);

  expect(files).toEqual([only]);
});

describe('the checker finds', () => {
  /** A source tree that is well: main and one file in every room. */
  const well = new Map([
    ['src/main.ts', "import { slack } from './slack/a.ts';\nprocess.env.PATH;\n"],
    ...Object.keys(importTable).map((room): [string, string] => [
      `src/${room}/a.ts`,
      `export const ${room} = 1;\n`,
    ]),
    ['src/engine/ports.ts', 'export interface Port {}\n'],
  ]);
  const planted = (path: string, text: string) => violationsOf(new Map([...well, [path, text]]));

  test('nothing where all is well', () => {
    expect(violationsOf(well)).toEqual([]);
  });

  test('an empty tree', () => {
    expect(violationsOf(new Map())).toEqual(['no source file was found']);
  });

  test('a missing room, and a missing main', () => {
    const files = new Map([...well].filter(([path]) => !/web|main/.test(path)));

    expect(violationsOf(files)).toEqual([
      'the room src/web is missing or empty',
      'src/main.ts is missing',
    ]);
  });

  test.each([
    ["import { slack } from '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["import type { Slack } from '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["export { slack } from '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["export * from '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["import '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["import {\n  a,\n  b,\n} from '../slack/a.ts';", 'src/slack/a.ts: engine may not import that'],
    ["const a = () => import('../slack/a.ts');", 'src/slack/a.ts: engine may not import that'],
  ])('an import outside the table: %s', (line, sentence) => {
    expect(planted('src/engine/b.ts', `${line}\n`)).toEqual([
      `src/engine/b.ts imports ${sentence}`,
    ]);
  });

  test('a value where only types may be imported', () => {
    const allowed = [
      "import type { Port } from '../engine/ports.ts';",
      "import { type Port, type Other } from '../engine/ports.ts';",
    ];

    expect(allowed.map((line) => planted('src/policy/b.ts', line))).toEqual([[], []]);
    expect(planted('src/policy/b.ts', "import { type A, b } from '../engine/ports.ts';")).toEqual([
      'src/policy/b.ts imports src/engine/ports.ts: policy may import only types from there',
    ]);
  });

  test('but not where a route reads its own settings', () => {
    const text = "import { z } from 'zod';\nimport { config } from '../../../config/a.ts';\n";
    const own = text.replace('../../../', '../../../../');

    expect([
      planted('src/haproxy/routes/map/settings.ts', text),
      planted('src/haproxy/routes/sessions/by/settings.ts', own),
      planted('src/haproxy/routes/map/b.ts', text),
    ]).toEqual([
      [],
      [],
      [
        'src/haproxy/routes/map/b.ts imports zod: only config does',
        'src/haproxy/routes/map/b.ts imports src/config/a.ts: haproxy may import only types from there',
      ],
    ]);
  });

  test('a cycle, of types and within a room, too', () => {
    const files = new Map([
      ...well,
      ['src/web/b.ts', "import type { C } from './c.ts';\n"],
      ['src/web/c.ts', "import type { B } from './b.ts';\n"],
    ]);

    expect(violationsOf(files)).toEqual([
      'import cycle: src/web/b.ts -> src/web/c.ts -> src/web/b.ts',
    ]);
  });

  test.each([
    ['process.env.HOME', 'const home = process.env.HOME;'],
    ['process?.env', 'const { HOME } = process?.env;'],
    ["process['env']", "const all = process['env'];"],
    ['env from node:process', "import { env } from 'node:process';"],
  ])('the environment read outside main: %s', (_, line) => {
    expect(planted('src/web/b.ts', line)).toEqual([
      'src/web/b.ts reads process.env; only main does',
    ]);
  });

  test.each([
    'const timer = setTimeout(() => reject(late), 3000);',
    'globalThis.setTimeout(giveUp, 3000);',
    'await fetch(url, { signal: AbortSignal.timeout(3000) });',
  ])('a deadline that a stalled event loop spoils: %s', (line) => {
    expect(planted('src/web/b.ts', line)).toEqual([
      'src/web/b.ts judges by a bare timer; a deadline is a Deadline of src/timing',
    ]);
  });

  test('but not a pause', () => {
    const text = "import { setTimeout as pause } from 'node:timers/promises';\nawait pause(20);\n";

    expect(planted('src/web/b.ts', text)).toEqual([]);
  });

  test('but not where a comment speaks of it', () => {
    expect(
      planted('src/web/b.ts', '// process.env is read by main\nexport const b = 1;\n'),
    ).toEqual([]);
  });

  test.each(['export default 1;', 'const a = 1;\nexport { a as default };'])(
    'a default export: %s',
    (text) => {
      expect(planted('src/web/b.ts', text)).toEqual(['src/web/b.ts has a default export']);
    },
  );

  test.each([
    'src/web/utils.ts',
    'src/web/helpers/b.ts',
    'src/web/common/b.ts',
    'src/web/lib/b.ts',
  ])('a name that says nothing: %s', (path) => {
    expect(planted(path, '')).toEqual([`${path} has a name that says nothing`]);
  });

  test.each(['src/plugins/b.ts', 'src/loose.ts'])('a file in no room: %s', (path) => {
    expect(planted(path, '')).toEqual([`${path} stands in no room of the table`]);
  });

  test('input and output in a pure room, and a package in the wrong one', () => {
    expect([
      planted('src/release/b.ts', "import { readFileSync } from 'node:fs';"),
      planted('src/release/b.ts', "import { createHash } from 'node:crypto';"),
      planted('src/engine/b.ts', "import bolt from '@slack/bolt';"),
      planted('src/slack/b.ts', "import bolt from '@slack/bolt';"),
    ]).toEqual([
      ['src/release/b.ts imports node:fs: release has no input and output'],
      [],
      ['src/engine/b.ts imports @slack/bolt: only slack does'],
      [],
    ]);
  });

  test('an import of what is no file of src', () => {
    expect(planted('src/web/b.ts', "import { x } from '../../demo/main.ts';")).toEqual([
      'src/web/b.ts imports ../../demo/main.ts, which is no file of src',
    ]);
  });
});
