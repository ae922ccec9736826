import type { z } from 'zod';
import { isMapping } from './file-leaves.ts';

/** Deep enough for every key of the file: what is still wrong then is missing, not mistyped. */
const mostRounds = 6;

/**
 * What a schema takes of a broken part once everything that is wrong in it is left out, for the checks that come after;
 * undefined where something needed is missing. Nothing runs on it: the part's own problems stand already.
 */
export function salvage<S extends z.ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  const rest = structuredClone(value);
  for (let round = 0; round < mostRounds; round += 1) {
    const result = schema.safeParse(rest);
    if (result.success) return result.data;
    const paths = result.error.issues.flatMap((issue): PropertyKey[][] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key])
        : [[...issue.path]],
    );
    if (!leaveOut(rest, paths)) return undefined;
  }
  return undefined;
}

/** Takes the values out, those of a list from its end; what is not there is taken out with what holds it. */
function leaveOut(whole: unknown, paths: readonly (readonly PropertyKey[])[]): boolean {
  const byPlace = [...paths].sort((a, b) => Number(b.at(-1)) - Number(a.at(-1)) || 0);
  return byPlace.every((path) => takeOut(whole, path));
}

function takeOut(whole: unknown, path: readonly PropertyKey[]): boolean {
  const key = path.at(-1);
  if (key === undefined) return false;
  const holder = path.slice(0, -1).reduce<unknown>(inside, whole);
  if (Array.isArray(holder) && Number(key) in holder) {
    holder.splice(Number(key), 1);
    return true;
  }
  if (isMapping(holder) && Object.hasOwn(holder, key)) {
    delete (holder as Record<PropertyKey, unknown>)[key];
    return true;
  }
  return takeOut(whole, path.slice(0, -1));
}

function inside(holder: unknown, key: PropertyKey): unknown {
  if (Array.isArray(holder)) return holder[Number(key)];
  return isMapping(holder) && typeof key === 'string' && Object.hasOwn(holder, key)
    ? holder[key]
    : undefined;
}
