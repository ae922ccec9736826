import { posix } from 'node:path';

/** One import or re-export of a source file. */
export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** Path from the checkout's root where it is relative; otherwise undefined. */
  readonly target: string | undefined;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

/**
 * Reads all imports of a file's text: static, side-effect, re-exports and dynamic ones.
 * Static ones stand at a line's beginning, as the formatter leaves them.
 */
export function readImports(path: string, text: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) => {
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(path), specifier)
      : undefined;
    found.push({ specifier, target, typeOnly });
  };
  const code = withoutComments(text);
  for (const [, words = '', specifier = ''] of code.matchAll(
    /^(?:import|export)\b([^;'"`]*?)\bfrom\s*['"]([^'"]+)['"]/gm,
  )) {
    add(specifier, isTypeOnly(words));
  }
  for (const [, specifier = ''] of code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) {
    add(specifier, false);
  }
  for (const [, specifier = ''] of code.matchAll(/\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g)) {
    add(specifier, false);
  }
  return found;
}

/** `import type {…}`, or braces in which every name is marked as a type. */
function isTypeOnly(words: string): boolean {
  if (/^\s*type\b(?!\s*,)/.test(words)) return true;
  const braces = /^\s*\{([^}]*)\}\s*$/.exec(words)?.[1];
  if (braces === undefined) return false;
  const names = braces.split(',').filter((name) => name.trim() !== '');
  return names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
}

/** Comments that begin a line, and doc blocks; what stands behind code stays. */
export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
}
