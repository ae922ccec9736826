/** One word of a line of haproxy.cfg. */
export interface Word {
  /** As HAProxy reads it: without quotes, escapes undone. */
  readonly text: string;
  /** Where it stands in the line, quotes included. */
  readonly start: number;
  readonly end: number;
  /** True: an environment variable is filled in, so the text is not what HAProxy sees. */
  readonly expands: boolean;
}

// The line is latin1: JavaScript's own `\s` would take a byte of a UTF-8 letter for a blank.
const blank = /[ \t\v\f\r]/;
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * The words of one line (latin1, without its line feed). Blanks part them; `#` ends the line, also in the middle of a
 * word; backslash escapes outside single quotes; `$NAME` counts in double quotes only.
 * Source: HAProxy configuration manual, 2.2 and 2.3.
 */
export function wordsOfLine(line: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (blank.test(line[at] ?? '')) {
      at += 1;
      continue;
    }
    const word = wordAt(line, at);
    if (word.end === word.start) break;
    words.push(word);
    // A carriage return ends the line, unless a blank stands before it.
    if (line[word.end] === '\r') break;
    at = word.end;
  }
  return words;
}

type Quote = '"' | "'" | undefined;

function wordAt(line: string, start: number): Word {
  let text = '';
  let quote: Quote;
  let expands = false;
  let at = start;
  while (at < line.length) {
    const next = line.slice(at, at + 4);
    const letter = next[0] as string;
    if (endsWord(letter, quote)) break;
    const turned = quoteAfter(letter, quote);
    if (turned !== quote) {
      quote = turned;
      at += 1;
      continue;
    }
    const { read, length } = quote === "'" ? { read: letter, length: 1 } : unescaped(next, quote);
    expands ||= letter === '$' && quote === '"';
    text += read;
    at += length;
  }
  return { text, start, end: at, expands };
}

function endsWord(letter: string, quote: Quote): boolean {
  if (letter === '\r' || letter === '\0') return true;
  return quote === undefined && (letter === '#' || blank.test(letter));
}

function quoteAfter(letter: string, quote: Quote): Quote {
  if (letter !== '"' && letter !== "'") return quote;
  if (quote === undefined) return letter;
  return quote === letter ? undefined : quote;
}

/** The first letter of `next`, or what its escape stands for; an unknown escape is two letters. */
function unescaped(next: string, quote: Quote): { readonly read: string; readonly length: number } {
  const [letter = '', escaped = ''] = next;
  if (letter !== '\\') return { read: letter, length: 1 };
  const hex = /^\\x([0-9A-Fa-f]{2})/.exec(next)?.[1];
  if (hex !== undefined) return { read: String.fromCharCode(Number.parseInt(hex, 16)), length: 4 };
  const control = escapes[escaped];
  if (control !== undefined) return { read: control, length: 2 };
  const itself =
    escaped !== '' && (` \\#'"`.includes(escaped) || (escaped === '$' && quote === '"'));
  return itself ? { read: escaped, length: 2 } : { read: letter, length: 1 };
}
