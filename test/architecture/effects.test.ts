import { expect, test } from 'vitest';
import type { Route, ServersRoute, StepGate } from '../../src/engine/ports.ts';
import type { RuntimeApi } from '../../src/haproxy/runtime-api.ts';
import type { Worker } from '../../src/release/reading.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { readImports } from './read-imports.ts';
import { readSource } from './read-source.ts';

// No row, no action: what changes a node, its files or an application is reached through `engine/effects/perform.ts` alone.

const rooms = /^src\/(release|policy|engine|haproxy|smoke|hooks|commands|verdict|timing)\//;
const source = [...readSource()].filter(([path]) => rooms.test(path));

function filesWith(pattern: RegExp): readonly string[] {
  return source
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => path)
    .sort();
}

function importersOf(target: string, name: RegExp): readonly string[] {
  return source
    .filter(([path, text]) => readImports(path, text).some((one) => one.target === target))
    .filter(([, text]) => name.test(text))
    .map(([path]) => path)
    .sort();
}

test.each([
  [
    'takes a gate for one behind committed intents',
    /\bas (unknown as )?EffectGate\b/,
    ['src/engine/effects/perform.ts'],
  ],
  ['sends a line to a socket', /socket\.(write|end)\(/i, ['src/haproxy/connection.ts']],
  [
    'opens a connection to a node',
    /\bConnection\.open\(/,
    ['src/haproxy/master.ts', 'src/haproxy/runtime-api.ts'],
  ],
  [
    'changes files',
    /\b(writeFile|rename|unlink|truncate|appendFile|createWriteStream)(Sync)?\(/,
    ['src/haproxy/files/write-in-place.ts', 'src/haproxy/replace-file.ts'],
  ],
  [
    'starts a process',
    /from '(execa|node:child_process)'/,
    [
      'src/haproxy/config-file/check-config.ts',
      'src/haproxy/files/copy-attributes.ts',
      'src/hooks/run-command.ts',
    ],
  ],
  ['runs a hook', /\bdeps\.runHook\(|\{ runHook \} = /, ['src/engine/run-hook.ts']],
])('only the files that are named: %s', (_, pattern, files) => {
  expect(filesWith(pattern)).toEqual(files);
});

test.each([
  [
    'src/haproxy/replace-file.ts',
    /\breplaceFile\(/,
    ['src/haproxy/map-file/map-file.ts', 'src/haproxy/routes/config/fire-switch.ts'],
  ],
  [
    'src/haproxy/map-file/map-file.ts',
    /\bwriteMapFile\(/,
    [
      'src/haproxy/routes/map/map-route.ts',
      'src/haproxy/routes/sessions/zone-cookie/zone-cookie-route.ts',
      'src/haproxy/routes/sessions/zone-cookie/zone-key.ts',
    ],
  ],
  [
    'src/haproxy/routes/sessions/health/say-to-application.ts',
    /'POST'/,
    ['src/haproxy/routes/sessions/health/tell-applications.ts'],
  ],
])(
  'what %s changes is changed for the files that are named alone, each with a gate',
  (target, use, files) => {
    expect(importersOf(target, use)).toEqual(files);
    // What the map file's own writer does is asked of those who call it.
    for (const file of files.filter((one) => one !== 'src/haproxy/map-file/map-file.ts'))
      expect(readSource().get(file)).toMatch(/\bgate\.check\(\)|\bgate: EffectGate\b/);
  },
);

test('an effect without an intent does not compile: the gate of a step opens nothing', () => {
  const node = nodeName('lb-1');
  const attempts = (route: Route, servers: ServersRoute, api: RuntimeApi, gate: StepGate) => [
    // @ts-expect-error -- the intents of this write were not committed
    () => route.writeFenced(node, 'green', gate),
    // @ts-expect-error
    () => route.persist(node, 'green', gate),
    // @ts-expect-error
    () => route.shutDownSessions(node, 'green', gate),
    // @ts-expect-error
    () => servers.set(node, [], {} as Worker, gate),
    // @ts-expect-error
    () => servers.shutDownSessions(node, [], gate),
    // @ts-expect-error
    async () => (await route.arm(node, 'green', {} as Worker)).fire(gate),
    // @ts-expect-error -- and a line that changes something is no question
    () => api.ask('set map /m k v'),
  ];

  expect(attempts).toBeInstanceOf(Function);
});
