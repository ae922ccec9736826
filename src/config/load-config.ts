import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Config } from './config.ts';
import { crossCheck } from './cross-check.ts';
import { deepFreeze } from './freeze.ts';
import { planProblems } from './largest-plans.ts';
import { longestSocketPath } from './longest-socket-path.ts';
import { makeConfig } from './make-config.ts';
import { makeTargets } from './make-targets.ts';
import { type Path, problem } from './problem.ts';
import { type FileParts, readParts } from './read-parts.ts';
import { readYaml, readYamlFile, type YamlReading } from './read-yaml.ts';
import type { RouteSettings } from './route-settings.ts';

export type Loaded =
  | { readonly kind: 'config'; readonly config: Config }
  /** One sentence per problem, all at once, none with a secret in it. */
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

/** The kinds of routes that this version knows; a file with another one is refused. */
export type Routes = readonly RouteSettings[];

/** Reads, checks and freezes the configuration file. Never throws. */
export function loadConfig(path: string, routes: Routes): Loaded {
  const reading = readYamlFile(path);
  const loaded = fromYaml(reading, routes, dirname(resolve(path)));
  if (loaded.kind === 'config') return loaded;
  const lines = reading.kind === 'read' ? reading.lines() : new Map<string, number>();
  return { ...loaded, problems: loaded.problems.map((sentence) => inFile(path, sentence, lines)) };
}

/** `pointsman.yaml, line 12: services.checkout.bake.for: expected …` */
function inFile(path: string, sentence: string, lines: ReadonlyMap<string, number>): string {
  if (sentence.startsWith(path)) return sentence;
  const file = basename(path);
  if (sentence.startsWith('line ')) return `${file}, ${sentence}`;
  const line = lineOf(sentence, lines);
  return line === undefined ? `${file}: ${sentence}` : `${file}, line ${line}: ${sentence}`;
}

/** A key that is missing has the line of what it should stand in. */
function lineOf(sentence: string, lines: ReadonlyMap<string, number>): number | undefined {
  let where = sentence.split(': expected ')[0] ?? '';
  while (where !== '') {
    const line = lines.get(where);
    if (line !== undefined) return line;
    where = where.replace(/(?:\.[^.[\]]*|\[\d+\]|[^.[\]]+)$/, '');
  }
  return undefined;
}

/** The same from text; relative paths in it are relative to `folder`. */
export function parseConfig(text: string, routes: Routes, folder: string): Loaded {
  return fromYaml(readYaml(text), routes, folder);
}

function fromYaml(reading: YamlReading, routes: Routes, folder: string): Loaded {
  if (reading.kind === 'broken') return reading;
  const problems: string[] = [];
  const parts = readParts(reading.value, routes, problems);
  const wrong: string[] = [...crossCheck(parts)];
  const targets = makeTargets(parts, wrong);
  problems.push(...wrong.filter((sentence) => !isFromSalvage(sentence, problems)));
  problems.push(...databaseProblems(parts, folder));
  problems.push(...caProblems(parts, folder), ...tokenProblems(reading.value, []));
  if (parts.top === undefined || problems.length > 0) {
    return { kind: 'broken', problems: [...new Set(problems)] };
  }
  const { top, fleets, services } = parts;
  const config = makeConfig({ top, fleets, services, targets, content: reading.value, folder });
  const tooLarge = planProblems(config);
  if (tooLarge.length > 0) return { kind: 'broken', problems: tooLarge };
  return { kind: 'config', config: deepFreeze(config) };
}

/** What is missing where something broken was left out is no problem of its own. */
function isFromSalvage(sentence: string, before: readonly string[]): boolean {
  return (
    / found nothing(;|$)/.test(sentence) && before.some((one) => partOf(one) === partOf(sentence))
  );
}

/** `services.checkout` of `services.checkout.bake.for: expected …`. */
function partOf(sentence: string): string | undefined {
  return /^[^.[:]+(?:\.[^.[:]+)?/.exec(sentence)?.[0];
}

/** A token would stand in digests, plans and the journal, wherever in the file it is. */
function tokenProblems(value: unknown, path: Path): readonly string[] {
  if (typeof value === 'string' && /xox[a-z][-.]|xapp-/i.test(value)) {
    const hint = 'secrets belong in the environment';
    return [problem(path, 'no token of Slack', value, hint)];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    tokenProblems(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The command line reaches the bot over a socket beside the database; a path that is cut off is another file. */
function databaseProblems({ top }: FileParts, folder: string): string[] {
  if (top === undefined) return [];
  const path = resolve(folder, top.database);
  const longest = longestSocketPath - '.sock'.length;
  const length = Buffer.byteLength(path);
  if (length <= longest) return [];
  const hint = `from the root on it has ${length}; the command line's socket stands beside it, and the kernel takes ${longestSocketPath} bytes for its path`;
  return [problem(['database'], `a path of at most ${longest} bytes`, top.database, hint)];
}

/** A certificate that cannot be read fails every smoke test: better said now. */
function caProblems({ services }: FileParts, folder: string): string[] {
  return [...services].flatMap(([name, { file: service }]) => {
    const { smoke_tls: tls } = service;
    if (tls?.ca === undefined) return [];
    const file = resolve(folder, tls.ca);
    return isCertificate(file)
      ? []
      : [problem(['services', name, 'smoke_tls', 'ca'], 'a readable PEM file', file)];
  });
}

function isCertificate(file: string): boolean {
  try {
    return readFileSync(file, 'latin1').includes('-----BEGIN CERTIFICATE-----');
  } catch {
    return false;
  }
}
