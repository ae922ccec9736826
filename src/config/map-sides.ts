import { z } from 'zod';
import { type BackendName, backendName, type Side } from '../release/vocabulary.ts';
import { isMapping } from './file-leaves.ts';
import { haproxyNamePattern } from './names.ts';
import { nearest } from './nearest.ts';

/** More of them would not fit on the line that reads a node. */
const mostBackends = 12;

/** What the sides of a route over a map come to: the word in the map, the backends, and these in words. */
export interface MapSides {
  readonly values: Readonly<Record<Side, string>>;
  readonly backends: Readonly<Record<Side, readonly BackendName[]>>;
  readonly sides: Readonly<Record<Side, string>>;
}

interface OneSide {
  readonly value: string;
  readonly backends: readonly string[];
}

/** What is wrong with one side: where below it, what was expected there, and what to do. */
interface Wrong {
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly hint?: string;
}

const named = (what: string) => `${what}, of letters, digits and _ . : -`;
const form =
  "a backend's name, or a mapping { value: <the word in the map>, backend: <name> } or { value: <word>, backends: [<name>, ...] }";

const side = z.unknown().transform((found, context): OneSide => {
  const read = readSide(found);
  if ('value' in read) return read;
  const { path, expected, hint } = read;
  context.addIssue({ code: 'custom', path: [...path], message: expected, params: { hint } });
  return z.NEVER;
});

/**
 * `sides` of a route over a map. `blue: backend_blue` names the backend by the map's word itself; a mapping says both,
 * where haproxy.cfg makes the backends' names of the word.
 */
export const mapSides = z
  .strictObject({ blue: side, green: side }, { error: sidesError })
  .superRefine(({ blue, green }, context) => {
    if (blue.value === green.value) {
      const hint = 'blue has it already; a switch would move nothing';
      const wanted = isPlain(blue) && isPlain(green) ? 'a backend of its own' : 'a word of its own';
      refine(context, ['green'], wanted, hint);
      return;
    }
    const both = green.backends.find((name) => blue.backends.includes(name));
    if (both === undefined) return;
    refine(context, ['green'], 'backends of its own', `${both} is blue's already`);
  })
  .transform(
    ({ blue, green }): MapSides => ({
      values: { blue: blue.value, green: green.value },
      backends: { blue: blue.backends.map(backendName), green: green.backends.map(backendName) },
      sides: { blue: blue.backends.join(', '), green: green.backends.join(', ') },
    }),
  );

function sidesError(issue: { readonly code?: string }): string {
  return issue.code === 'unrecognized_keys' ? 'blue, green' : 'a mapping with blue, green';
}

function refine(
  context: z.core.$RefinementCtx,
  path: readonly string[],
  message: string,
  hint: string,
): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { hint } });
}

function readSide(found: unknown): OneSide | Wrong {
  if (isName(found)) return { value: found, backends: [found] };
  if (typeof found === 'string' || found === undefined)
    return { path: [], expected: named("a backend's name") };
  if (!isMapping(found)) return { path: [], expected: form };
  const keys = ['value', 'backend', 'backends'];
  const unknown = Object.keys(found).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    const near = nearest(unknown, keys);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    return {
      path: [unknown],
      expected: `one of the keys ${keys.join(', ')}`,
      ...(hint && { hint }),
    };
  }
  return ofMapping(found);
}

function ofMapping(found: Readonly<Record<string, unknown>>): OneSide | Wrong {
  const backends = readBackends(found);
  if ('expected' in backends) return backends;
  const { value = backends.names.length === 1 ? backends.names[0] : undefined } = found;
  if (isName(value)) return { value, backends: backends.names };
  const hint =
    found.value === undefined ? 'of several backends none is the word in the map' : undefined;
  return { path: ['value'], expected: named('the word in the map'), ...(hint && { hint }) };
}

function readBackends({
  backend,
  backends,
}: Readonly<Record<string, unknown>>): { readonly names: readonly string[] } | Wrong {
  if ((backend === undefined) === (backends === undefined)) {
    return { path: [], expected: 'either backend: <name> or backends: [<name>, ...]' };
  }
  if (backend !== undefined) {
    return isName(backend)
      ? { names: [backend] }
      : { path: ['backend'], expected: named("a backend's name") };
  }
  if (!Array.isArray(backends) || backends.length === 0 || backends.length > mostBackends) {
    const expected = `a list of 1 to ${mostBackends} backends' names`;
    return { path: ['backends'], expected };
  }
  const list: readonly unknown[] = backends;
  const wrong = list.findIndex((name, i) => !isName(name) || list.indexOf(name) < i);
  if (wrong < 0) return { names: list.filter(isName) };
  const expected = isName(list[wrong]) ? 'each backend once' : named("a backend's name");
  return { path: ['backends', wrong], expected };
}

/** The backend's name is the word itself. */
function isPlain({ value, backends }: OneSide): boolean {
  return backends.length === 1 && backends[0] === value;
}

function isName(found: unknown): found is string {
  return typeof found === 'string' && haproxyNamePattern.test(found);
}
