/**
 * A map file's text as HAProxy's loader reads it: a line that begins with `#` is a comment, leading blanks do not count,
 * the key ends at the first blank, the value at the end of the line without trailing blanks. Text is latin1, so that
 * every byte of the file stays what it is.
 */
const entry = /^(?!#)([ \t]*)([^ \t\r\n]+)([ \t]*)([^\r\n]*?)([ \t]*(?:[\r\n].*)?)$/s;

/** One line of the key that was searched for. */
interface KeyLine {
  /** Where the line begins and, with its line end, ends. */
  readonly at: number;
  readonly end: number;
  /** Indentation, key and the blanks behind it. */
  readonly head: string;
  readonly value: string;
  /** What stands behind the value. */
  readonly tail: string;
}

/** The values that stand for a key, in the file's order. */
export function valuesOf(text: string, key: string): readonly string[] {
  return linesOf(text, key).map(({ value }) => readable(value));
}

/** The text with another value for a key that stands there exactly once. Every other byte is kept. */
export function withValue(text: string, key: string, value: string): string {
  return linesOf(text, key).reduceRight(
    (changed, { at, end, head, tail }) =>
      `${changed.slice(0, at)}${head}${value}${tail}${changed.slice(end)}`,
    text,
  );
}

/** The text with a further line for a key that does not stand there. */
export function withLine(text: string, key: string, value: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const begun = text === '' || text.endsWith('\n') ? '' : lineEnd;
  return `${text}${begun}${key} ${value}${lineEnd}`;
}

/** The key's own lines. Looks only at lines that hold the key's text: a file may have a million others. */
function linesOf(text: string, key: string): readonly KeyLine[] {
  const lines: KeyLine[] = [];
  for (let found = text.indexOf(key); found >= 0; ) {
    const at = found === 0 ? 0 : text.lastIndexOf('\n', found - 1) + 1;
    const next = text.indexOf('\n', found);
    const end = next < 0 ? text.length : next + 1;
    const [, indent = '', word, gap = '', value = '', tail = ''] =
      entry.exec(text.slice(at, end)) ?? [];
    if (word === key) lines.push({ at, end, head: `${indent}${word}${gap || ' '}`, value, tail });
    // Where the line is the key's, the key is what is found first in it.
    found = text.indexOf(key, end);
  }
  return lines;
}

function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
