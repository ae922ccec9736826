import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(import.meta.url);

/** A program of the tests as JavaScript: hundreds of starts are too many for a loader that compiles each time. */
export interface Compiled {
  readonly script: string;
  end(): void;
}

/** Compiles a program and all it imports into a temporary folder that looks like this one. `program`: from the root. */
export function compile(program: string): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'pm-compiled-'));
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: false,
    rootDir: root,
    outDir: folder,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include: [],
      files: [join(root, program)],
    }),
  );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'src'), { recursive: true });
  for (const name of ['node_modules', 'migrations']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  execFileSync(process.execPath, [compiler(), '-p', config], { cwd: root, stdio: 'inherit' });
  const script = join(folder, program.replace(/\.ts$/, '.js'));
  if (!existsSync(script)) throw new Error(`${program} was not compiled into ${folder}.`);
  return { script, end: () => rmSync(folder, { recursive: true, force: true }) };
}

function compiler(): string {
  return join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
}
