export type Path = readonly (string | number)[];

/**
 * The sentence of one problem: where, what was expected, what stood there, what to do.
 * Values that could be secrets are never repeated.
 */
export function problem(path: Path, expected: string, found: unknown, hint?: string): string {
  const where = path.length === 0 ? 'the file' : pathWords(path);
  const shown = path.slice(2).some(isSecretKey) ? hidden : foundWords(found);
  return redact(`${where}: expected ${expected}, found ${shown}${hint ? `; ${hint}` : ''}`);
}

/** `fleets.edge.nodes[0].runtime`. */
export function pathWords(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      const word = /^[A-Za-z0-9_/-]{1,128}$/.test(part) ? part : quoted(part);
      return i === 0 ? word : `.${word}`;
    })
    .join('');
}

/** Blanks out what looks like a token, a key or a password, wherever it stands in a text. */
export function redact(text: string): string {
  return text
    .replace(/xox[a-z][-.][^\s"',]+|xapp-[^\s"',]+|-----BEGIN[^"]*/gi, hidden)
    .replace(/(:\/\/)[^/\s"@]*:[^/\s"@]*@/g, `$1${hidden}@`)
    .replace(/[A-Za-z0-9+=]{24,}/g, (run) => (isRandom(run) ? hidden : run));
}

const hidden = '(hidden, it may be a secret)';

function isSecretKey(part: string | number): boolean {
  return (
    typeof part === 'string' &&
    /token|secret|passw|credential|authorization|cookie|private|api_?key/i.test(part)
  );
}

function isRandom(run: string): boolean {
  return /\d/.test(run) && /[A-Za-z]/.test(run);
}

function foundWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quoted(redact(value));
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  return String(value);
}

function quoted(text: string): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return JSON.stringify(visible.length > 60 ? `${visible.slice(0, 60)}...` : visible);
}
