import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { essence, NotReady, root, run, say } from './say.mjs';

const sources = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

/** Compiles src to dist where dist is missing or older. */
export function ensureBuild() {
  const built = modifiedAt('dist/main.js');
  if (built !== undefined && Math.max(...sources.map(newest)) <= built) return;
  say('· Building (npm run build) ...');
  const { status, output } = run('npm', ['run', '--silent', 'build']);
  if (status !== 0) throw new NotReady(`The build failed:\n${essence(output, 30)}`);
}

/** Time of the newest file in or at a path, milliseconds since 1970; 0 where there is none. */
function newest(path) {
  const at = modifiedAt(path);
  if (at === undefined) return 0;
  if (!statSync(join(root, path)).isDirectory()) return at;
  return Math.max(0, ...readdirSync(join(root, path)).map((name) => newest(join(path, name))));
}

function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}
