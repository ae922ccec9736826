import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = join(root, 'node_modules', '.cache', 'pointsman-compiled');
const require = createRequire(import.meta.url);
const compiledFolders = ['src', 'demo', 'test'];
/** A folder that nobody has asked for in this time is removed, milliseconds. */
const keptMs = 30 * 60_000;

let folder: string | undefined;

/**
 * Path of a TypeScript program of this repository as JavaScript: a loader that compiles at each start costs seconds.
 * Compiled once for a state of the sources, for every test file and script.
 * @param program Path from the root of the repository, ending in `.ts`.
 */
export function compiled(program: string): string {
  folder ??= compileAll();
  const script = join(folder, program.replace(/\.ts$/, '.js'));
  if (!existsSync(script)) throw new Error(`${program} is not among the compiled files.`);
  return script;
}

function compileAll(): string {
  const folder = join(cache, digestOfSources());
  if (existsSync(folder)) utimesSync(folder, new Date(), new Date());
  else compileInto(folder);
  return folder;
}

/** Compiles beside the folder and renames, so that two test files at once never see half of it. */
function compileInto(folder: string): void {
  mkdirSync(cache, { recursive: true });
  removeOld();
  const draft = mkdtempSync(join(cache, 'draft-'));
  // The tests start programs as other users, too.
  chmodSync(draft, 0o755);
  const config = join(draft, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    sourceMap: false,
    noUnusedLocals: false,
    rootDir: root,
    outDir: draft,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const include = compiledFolders.map((name) => join(root, name));
  const exclude = [join(root, 'demo/slack/page')];
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude }),
  );
  copyFileSync(join(root, 'package.json'), join(draft, 'package.json'));
  for (const name of ['node_modules', 'migrations']) {
    symlinkSync(join(root, name), join(draft, name));
  }
  compile(config);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another test file was faster.
    if (!existsSync(folder)) throw error;
  }
}

function compile(config: string): void {
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  try {
    execFileSync(process.execPath, [compiler, '-p', config], { cwd: root, encoding: 'utf8' });
  } catch (error) {
    // A type error does not keep JavaScript from being written; `npm run check` is where it fails.
    if ((error as { status?: unknown }).status !== 2) throw error;
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const name of compiledFolders) {
    for (const entry of readdirSync(join(root, name), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
    }
  }
  for (const name of ['tsconfig.json', 'package.json']) {
    hash.update(readFileSync(join(root, name)));
  }
  return hash.digest('hex').slice(0, 24);
}

function removeOld(): void {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - usedAt > keptMs) rmSync(path, { recursive: true, force: true });
  }
}
