import { findCycles } from './find-cycles.ts';
import { type Import, readImports, withoutComments } from './read-imports.ts';

/** Which rooms of src there are, and what each may import beside itself. `types` = with `import type` only. */
export const importTable: Readonly<Record<string, readonly Allowed[]>> = {
  release: [],
  timing: [],
  verdict: [{ from: 'release' }],
  address: [],
  config: [{ from: 'release' }, { from: 'address' }],
  policy: [{ from: 'release' }, { from: 'config' }, { from: 'engine/ports.ts', types: true }],
  engine: [
    { from: 'release' },
    { from: 'policy' },
    { from: 'config' },
    { from: 'timing' },
    { from: 'verdict' },
  ],
  haproxy: [
    { from: 'release' },
    { from: 'timing' },
    { from: 'address' },
    { from: 'engine/ports.ts' },
    { from: 'config', types: true },
  ],
  smoke: [
    { from: 'release' },
    { from: 'timing' },
    { from: 'address' },
    { from: 'engine/ports.ts' },
    { from: 'config', types: true },
  ],
  hooks: [
    { from: 'release' },
    { from: 'timing' },
    { from: 'address' },
    { from: 'engine/ports.ts' },
    { from: 'config', types: true },
  ],
  journal: [{ from: 'release' }, { from: 'engine/ports.ts' }, { from: 'config', types: true }],
  commands: [{ from: 'release' }, { from: 'policy' }, { from: 'engine' }, { from: 'config' }],
  slack: [
    { from: 'commands' },
    { from: 'release' },
    { from: 'timing' },
    { from: 'engine/ports.ts' },
    { from: 'config' },
  ],
  cli: [
    { from: 'commands' },
    { from: 'release' },
    { from: 'verdict' },
    { from: 'timing' },
    { from: 'engine/ports.ts' },
    { from: 'config' },
    { from: 'web/bounded-server.ts' },
  ],
  web: [{ from: 'commands' }, { from: 'release' }, { from: 'engine/ports.ts' }, { from: 'config' }],
};

interface Allowed {
  /** A room, or one file of a room. */
  readonly from: string;
  readonly types?: boolean;
}

/** The files outside the rooms: they wire them, so they may import them all. Only the entry knows the process. */
const entry = 'src/main.ts';
const wiring: readonly string[] = [entry, 'src/bot.ts', 'src/alone.ts', 'src/audit.ts'];
/** Rooms without input and output: what they may take from outside. */
const pureRooms: readonly string[] = ['release', 'policy', 'verdict'];
const pureImports: readonly string[] = ['node:crypto', 'canonicalize'];
/** Packages that one room keeps to itself (main wires, it does not use them). */
const keptPackages: Readonly<Record<string, string>> = {
  '@slack/': 'slack',
  'better-sqlite3': 'journal',
  execa: 'hooks',
  undici: 'slack',
  // A name that is resolved elsewhere is connected to unjudged.
  'node:dns': 'address',
  'node:dns/promises': 'address',
  zod: 'config',
};
/**
 * A bare timer fires before an answer that came during a stall is read (`src/timing/deadline.ts`). These only pause, end
 * what is ending anyhow, or repeat.
 */
const bareTimers: readonly string[] = [
  'src/timing/deadline.ts',
  'src/hooks/run-command.ts',
  'src/web/web.ts',
  entry,
];
const emptyNames = /(^|\/)(utils?|helpers?|common|lib|services|types|misc|shared)(\.ts)?(\/|$)/;

/** Checks the text of all source files by path (`src/...`); a sentence for each violation, none where all is well. */
export function violationsOf(files: ReadonlyMap<string, string>): readonly string[] {
  if (files.size === 0) return ['no source file was found'];
  const imports = new Map([...files].map(([path, text]) => [path, readImports(path, text)]));
  return [
    ...missingRooms(files),
    ...[...files].flatMap(([path, text]) => [...placeOf(path), ...wordsOf(path, text)]),
    ...[...imports].flatMap(([path, all]) => all.flatMap((one) => importOf(path, one, files))),
    ...findCycles(imports).map((cycle) => `import cycle: ${cycle.join(' -> ')}`),
  ];
}

function missingRooms(files: ReadonlyMap<string, string>): readonly string[] {
  const rooms = new Set([...files.keys()].map(roomOf));
  return [
    ...Object.keys(importTable)
      .filter((room) => !rooms.has(room))
      .map((room) => `the room src/${room} is missing or empty`),
    ...(files.has(entry) ? [] : [`${entry} is missing`]),
  ];
}

function placeOf(path: string): readonly string[] {
  const room = roomOf(path);
  const unknown =
    !wiring.includes(path) && (room === undefined || !Object.hasOwn(importTable, room));
  return [
    ...(unknown ? [`${path} stands in no room of the table`] : []),
    ...(emptyNames.test(path) ? [`${path} has a name that says nothing`] : []),
  ];
}

function wordsOf(path: string, text: string): readonly string[] {
  const code = withoutComments(text);
  const readsEnv =
    /\bprocess\s*(\.|\?\.)\s*env\b|\bprocess\s*\[\s*['"]env|\benv\b[^;]*\bfrom\s*['"](node:)?process['"]/;
  return [
    ...(path !== entry && readsEnv.test(code) ? [`${path} reads process.env; only main does`] : []),
    ...(/\bAbortSignal\s*\.\s*timeout\b/.test(code) ||
    (hasBareTimer(code) && !bareTimers.includes(path))
      ? [`${path} judges by a bare timer; a deadline is a Deadline of src/timing`]
      : []),
    ...(/^export\s+default\b|\bas\s+default\b/m.test(code) ? [`${path} has a default export`] : []),
  ];
}

/** A `setTimeout` with a callback; the promise of `node:timers/promises` goes by the name of `pause` or `sleep`. */
function hasBareTimer(code: string): boolean {
  return /(?<![.\w])(globalThis\s*\.\s*)?setTimeout\s*\(/.test(code);
}

function importOf(
  path: string,
  { specifier, target, typeOnly }: Import,
  files: ReadonlyMap<string, string>,
): readonly string[] {
  if (target === undefined) return packageOf(path, specifier);
  if (!files.has(target)) return [`${path} imports ${specifier}, which is no file of src`];
  const from = roomOf(path);
  const to = roomOf(target);
  if (path === entry || (from === to && from !== undefined)) return [];
  if (wiring.includes(target)) return [`${path} imports ${target}, which only main does`];
  if (wiring.includes(path)) return [];
  const allowed = (importTable[from ?? ''] ?? []).find(
    (one) => one.from === to || `src/${one.from}` === target,
  );
  if (allowed === undefined) return [`${path} imports ${target}: ${from} may not import that`];
  if (allowed.types === true && !typeOnly && !isSettings(path)) {
    return [`${path} imports ${target}: ${from} may import only types from there`];
  }
  return [];
}

function packageOf(path: string, specifier: string): readonly string[] {
  const room = roomOf(path) ?? '';
  if (pureRooms.includes(room) && !pureImports.includes(specifier)) {
    return [`${path} imports ${specifier}: ${room} has no input and output`];
  }
  const kept = Object.entries(keptPackages).find(
    ([name]) => specifier === name || (name.endsWith('/') && specifier.startsWith(name)),
  );
  if (kept === undefined || kept[1] === room) return [];
  if (specifier === 'zod' && isSettings(path)) return [];
  return [`${path} imports ${specifier}: only ${kept[1]} does`];
}

/** How a kind of route is configured stands in its folder, and uses what the configuration is read with. */
function isSettings(path: string): boolean {
  return /^src\/haproxy\/routes\/([a-z-]+\/)+settings\.ts$/.test(path);
}

/** The folder below src; undefined for a file directly in src. */
function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}
