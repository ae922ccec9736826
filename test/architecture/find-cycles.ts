import type { Import } from './read-imports.ts';

/** Import cycles between files, each as the files along it with the first one repeated at the end. Types count, too. */
export function findCycles(
  imports: ReadonlyMap<string, readonly Import[]>,
): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path]);
      return;
    }
    if (done.has(path)) return;
    for (const { target } of imports.get(path) ?? []) {
      if (target !== undefined && imports.has(target)) walk(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
  return cycles;
}
