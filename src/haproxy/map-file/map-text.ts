import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * A map file's bytes as HAProxy's loader reads them: a line that begins with `#` is a comment, leading blanks do not
 * count, the key ends at the first blank, the value at the end of the line without trailing blanks. A line is looked at as
 * latin1, so that every byte stays what it is. Files of a million lines are looked through in turns of the event loop.
 */
const entry = /^(?!#)([ \t]*)([^ \t\r\n]+)([ \t]*)([^\r\n]*?)([ \t]*(?:[\r\n].*)?)$/s;

/** So many bytes are searched, and so many lines that hold the key's text are looked at, in one turn of the event loop. */
const bytesAtOnce = 4 * 1024 * 1024;
const linesAtOnce = 2_000;

const lineFeed = 0x0a;

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
export async function valuesOf(bytes: Buffer, key: string): Promise<readonly string[]> {
  return (await linesOf(bytes, key)).map(({ value }) => readable(value));
}

/** The bytes with another value for a key that stands there exactly once. Every other byte is kept. */
export async function withValue(bytes: Buffer, key: string, value: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let kept = 0;
  for (const { at, end, head, tail } of await linesOf(bytes, key)) {
    parts.push(bytes.subarray(kept, at), latin1(`${head}${value}${tail}`));
    kept = end;
  }
  return Buffer.concat([...parts, bytes.subarray(kept)]);
}

/** The bytes with a further line for a key that does not stand there. */
export function withLine(bytes: Buffer, key: string, value: string): Buffer {
  const lineEnd = bytes.includes('\r\n') ? '\r\n' : '\n';
  const begun = bytes.length === 0 || bytes.at(-1) === lineFeed ? '' : lineEnd;
  return Buffer.concat([bytes, latin1(`${begun}${key} ${value}${lineEnd}`)]);
}

/** The key's own lines. Looks only at lines that hold the key's text: a file may have a million others. */
async function linesOf(bytes: Buffer, key: string): Promise<readonly KeyLine[]> {
  const lines: KeyLine[] = [];
  const word = latin1(key);
  let looked = 0;
  for (let found = await find(bytes, word, 0); found >= 0; ) {
    const at = found === 0 ? 0 : bytes.lastIndexOf(lineFeed, found - 1) + 1;
    const next = bytes.indexOf(lineFeed, found);
    const end = next < 0 ? bytes.length : next + 1;
    const line = keyLine(bytes, key, at, end);
    if (line !== undefined) lines.push(line);
    looked += 1;
    if (looked % linesAtOnce === 0) await nextTurn();
    // Where the line is the key's, the key is what is found first in it.
    found = await find(bytes, word, end);
  }
  return lines;
}

function keyLine(bytes: Buffer, key: string, at: number, end: number): KeyLine | undefined {
  const [, indent = '', word, gap = '', value = '', tail = ''] =
    entry.exec(bytes.toString('latin1', at, end)) ?? [];
  if (word !== key) return undefined;
  return { at, end, head: `${indent}${word}${gap || ' '}`, value, tail };
}

/** Where the word stands next, from `from` on; -1 where it does not. */
async function find(bytes: Buffer, word: Buffer, from: number): Promise<number> {
  for (let start = from; start < bytes.length; start += bytesAtOnce) {
    if (start !== from) await nextTurn();
    const found = bytes.subarray(start, start + bytesAtOnce + word.length - 1).indexOf(word);
    if (found >= 0) return start + found;
  }
  return -1;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
