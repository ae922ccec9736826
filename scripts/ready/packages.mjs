import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { essence, NotReady, root, run, say } from './say.mjs';

/** Installs what package-lock.json asks for, where node_modules does not hold exactly that. */
export function ensurePackages() {
  if (!holdsTheLock()) install();
  ensureSqlite();
}

function install() {
  say('· Installing packages (npm ci), once; this can take a minute ...');
  const { status, output } = run('npm', ['ci', '--no-audit', '--no-fund']);
  if (status === 0) return;
  if (status === null) throw new NotReady('npm was not found: install it together with Node.');
  throw new NotReady(`npm ci failed. ${compilerHint(output)}It said:\n${essence(output)}`);
}

/** True where npm's own list of what it installed names the same versions as the lock file. */
function holdsTheLock() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    // The package itself, and what was made for other systems.
    if (path === '' || (optional && installed[path] === undefined)) return true;
    return installed[path]?.version === version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new NotReady(`${file} cannot be read (${error.message}). Restore it, or delete it.`);
  }
}

const opensSqlite = "new (require('better-sqlite3'))(':memory:').close()";

/** SQLite is a native module: one that was built for another Node loads only after a rebuild. */
function ensureSqlite() {
  if (run(process.execPath, ['-e', opensSqlite]).status === 0) return;
  say('· Building SQLite for this Node (npm rebuild better-sqlite3) ...');
  const { output } = run('npm', ['rebuild', 'better-sqlite3']);
  if (run(process.execPath, ['-e', opensSqlite]).status === 0) return;
  throw new NotReady(
    `better-sqlite3 does not load on Node ${process.versions.node}. ${compilerHint(output)}It said:\n${essence(output)}`,
  );
}

function compilerHint(output) {
  if (!/better-sqlite3|node-gyp/.test(output)) return '';
  const missing = ['python3', 'make', 'g++'].filter(
    (program) => run(program, ['--version']).status === null,
  );
  if (missing.length === 0) return 'better-sqlite3 could not be built from source. ';
  return `better-sqlite3 is built from source where its prebuilt file cannot be fetched, and ${missing.join(', ')} is missing: \`apt-get install -y python3 make g++\`, then run this again. `;
}
