/**
 * A map file's text as HAProxy's loader reads it: a line that begins with `#` is a comment, leading blanks do not count,
 * the key ends at the first blank, the value at the end of the line without trailing blanks. Text is latin1, so that
 * every byte of the file stays what it is.
 */
const entry = /^(?!#)([ \t]*)([^ \t\r\n]+)([ \t]*)([^\r\n]*?)([ \t]*(?:[\r\n].*)?)$/s;

/** The values that stand for a key, in the file's order. */
export function valuesOf(text: string, key: string): readonly string[] {
  return linesOf(text).flatMap((line) => {
    const [, , found, , value] = entry.exec(line) ?? [];
    return found === key && value !== undefined ? [readable(value)] : [];
  });
}

/** The text with another value for a key that stands there exactly once. Every other byte is kept. */
export function withValue(text: string, key: string, value: string): string {
  return linesOf(text)
    .map((line) => {
      const [, indent, found, gap, , end] = entry.exec(line) ?? [];
      return found === key ? `${indent}${found}${gap || ' '}${value}${end}` : line;
    })
    .join('');
}

/** The text with a further line for a key that does not stand there. */
export function withLine(text: string, key: string, value: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const begun = text === '' || text.endsWith('\n') ? '' : lineEnd;
  return `${text}${begun}${key} ${value}${lineEnd}`;
}

/** Lines with their line ends. */
function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}

function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
