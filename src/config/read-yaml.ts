import { readFileSync, statSync } from 'node:fs';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { type Path, pathWords, redact } from './problem.ts';

/** A configuration is a page or two; what is larger is another file. */
const largestBytes = 1024 * 1024;
const mostAliases = 100;
const mostGrammarProblems = 10;
const tooDeep = 'the file is nested too deeply';

export type YamlReading =
  | {
      readonly kind: 'read';
      readonly value: unknown;
      /** The line of every key and element, by its path in words. */
      readonly lines: () => ReadonlyMap<string, number>;
    }
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

/** Reads one YAML 1.2 file of plain data, or says in sentences why it cannot be read. */
export function readYamlFile(path: string): YamlReading {
  const text = readText(path);
  return text.kind === 'broken' ? text : readYaml(text.value);
}

/** Reads YAML 1.2 text. Duplicate keys, tags, several documents and too many aliases are refused. */
export function readYaml(text: string): YamlReading {
  if (text.trim() === '') return broken('the file is empty; docs/configuration.md has an example');
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      lineCounter: lines,
    });
    const problems = [...grammarProblems(document, lines), ...keyProblems(document, lines)];
    if (problems.length > 0) return { kind: 'broken', problems: firstOf(problems) };
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    return isCircular(value)
      ? broken('an alias stands inside its own anchor; write the value out')
      : { kind: 'read', value, lines: () => linesOf(document, lines) };
  } catch (error) {
    return broken(unreadable(error));
  }
}

function isCircular(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

/** One slip of the pen can break every line after it: the first few say enough. */
function firstOf(problems: readonly string[]): readonly string[] {
  if (problems.some((sentence) => sentence.includes('call stack'))) return [tooDeep];
  const distinct = [...new Set(problems)];
  const more = distinct.length - mostGrammarProblems;
  return more <= 0
    ? distinct
    : [...distinct.slice(0, mostGrammarProblems), `and ${more} more places that are not YAML`];
}

function readText(
  path: string,
): { kind: 'read'; value: string } | { kind: 'broken'; problems: string[] } {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return broken(`${path} is a folder; name the YAML file in it`);
    if (!stat.isFile()) return broken(`${path} is not a regular file`);
    if (stat.size > largestBytes) {
      return broken(`${path} has ${stat.size} bytes; a configuration has at most ${largestBytes}`);
    }
    const bytes = readFileSync(path);
    if (bytes.includes(0)) return broken(`${path} is a binary file, not YAML text`);
    return { kind: 'read', value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return broken(`${path} ${readFailure(error)}`);
  }
}

function readFailure(error: unknown): string {
  if (error instanceof TypeError) return 'is not UTF-8 text';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist; name the file with --config';
  if (code === 'EACCES' || code === 'EPERM') {
    return 'may not be read by this user; check its owner and mode';
  }
  return `cannot be read (${code || String(error)})`;
}

function unreadable(error: unknown): string {
  if (error instanceof RangeError) return tooDeep;
  if (error instanceof ReferenceError) {
    return `the file uses more than ${mostAliases} aliases, or one that has no anchor`;
  }
  return redact(`the file is not YAML: ${error instanceof Error ? error.message : String(error)}`);
}

function grammarProblems(document: Document.Parsed, lines: LineCounter): string[] {
  // A tag that nobody resolves is a warning to the parser; here it is no plain data.
  return [...document.errors, ...document.warnings].map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return redact(`line ${line}, column ${col}: ${sentence(error.code, error.message)}`);
  });
}

function sentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands twice in one mapping; keep one of them';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!name) are not allowed; write plain values';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here (---); keep one';
  if (code === 'BAD_SCALAR_START') {
    return 'a value cannot begin with this character without quotes; people and groups stand here by their ids, U0... and S0..., without @';
  }
  return message.replace(/\s+/g, ' ').slice(0, 200);
}

/** `services.checkout.bake` -> 42: of a key its own line, of an element of a list the line where it begins. */
function linesOf(document: Document.Parsed, lines: LineCounter): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const walk = (node: unknown, path: Path): void => {
    for (const { part, at, value } of partsOf(node)) {
      const inner = [...path, part];
      if (at !== undefined) found.set(pathWords(inner), lines.linePos(at).line);
      walk(value, inner);
    }
  };
  walk(document.contents, []);
  return found;
}

/** What a mapping or a list holds, and where each part of it begins. */
function partsOf(node: unknown): readonly Part[] {
  if (isMap(node)) {
    return node.items.map(({ key, value }) => ({
      part: isScalar(key) ? String(key.value) : '',
      at: startOf(key),
      value,
    }));
  }
  if (!isSeq(node)) return [];
  return node.items.map((value, part) => ({ part, at: startOf(value), value }));
}

interface Part {
  readonly part: string | number;
  readonly at: number | undefined;
  readonly value: unknown;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Keys must be plain words: `__proto__` and a mapping as a key have no meaning here. */
function keyProblems(document: Document.Parsed, lines: LineCounter): string[] {
  const problems: string[] = [];
  visit(document, {
    Pair(_, pair, path) {
      if (!isMap(path.at(-1))) return;
      const { key } = pair;
      const plain = isScalar(key) && key.value !== null && key.value !== '__proto__';
      if (plain) return;
      const offset = isScalar(key) || isAlias(key) || isMap(key) ? (key.range?.[0] ?? 0) : 0;
      const { line, col } = lines.linePos(offset);
      problems.push(`line ${line}, column ${col}: a key must be a plain word`);
    },
  });
  return problems;
}

function broken(...problems: string[]): { kind: 'broken'; problems: string[] } {
  return { kind: 'broken', problems: problems.map(redact) };
}
