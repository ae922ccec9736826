import type { z } from 'zod';
import { isMapping } from './file-leaves.ts';
import { nearest } from './nearest.ts';
import { type Path, problem } from './problem.ts';
import { salvage } from './salvage.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks one part of the file; what is wrong goes to `problems`, each with its whole path. A broken part gives what can
 * be salvaged of it, so that its contradictions are found in the same go.
 */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: Path,
  problems: string[],
): z.output<S> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  problems.push(...result.error.issues.flatMap((issue) => explain(issue, value, at)));
  return salvage(schema, value);
}

function explain(issue: Issue, value: unknown, at: Path): string[] {
  const inside = issue.path.filter((part) => typeof part !== 'symbol');
  const path = [...at, ...inside];
  const found = valueAt(value, inside);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], issue.message));
  }
  if (issue.code === 'invalid_key') {
    return [problem(path, issue.issues[0]?.message ?? 'another key', inside.at(-1))];
  }
  return [problem(path, issue.message, found, hintOf(issue))];
}

function unknownKey(path: Path, known: string): string {
  const key = String(path.at(-1));
  const near = nearest(key, known.split(', '));
  const hint = near === undefined ? secretHint(key) : `did you mean ${near}?`;
  return problem(path, `one of the keys ${known}`, key, hint);
}

function secretHint(key: string): string | undefined {
  return /token|secret|passw/i.test(key) ? 'secrets belong in the environment' : undefined;
}

function hintOf(issue: Issue): string | undefined {
  const hint = issue.code === 'custom' ? issue.params?.hint : undefined;
  return typeof hint === 'string' ? hint : undefined;
}

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (Array.isArray(here)) here = here[Number(part)];
    else if (isMapping(here)) here = Object.hasOwn(here, part) ? here[part] : undefined;
    else return undefined;
  }
  return here;
}
