import { type Word, wordsOfLine } from './words-of-line.ts';

/** One line of haproxy.cfg that says something. */
export interface ConfigLine {
  /** Counted from 1. */
  readonly number: number;
  /** Where the line begins in the text. */
  readonly offset: number;
  readonly words: readonly Word[];
  /** True: it stands between `.if` and `.endif`, so it may not count. */
  readonly conditional: boolean;
}

/** The lines with words, in order. `text` is latin1, so that every byte has one place. */
export function configLines(text: string): readonly ConfigLine[] {
  const lines: ConfigLine[] = [];
  let offset = 0;
  let depth = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const words = wordsOfLine(line);
    const first = words[0]?.text;
    if (first === '.if') depth += 1;
    if (first === '.endif') depth -= 1;
    if (first !== undefined && !first.startsWith('.') && !first.startsWith('[')) {
      lines.push({ number: i + 1, offset, words, conditional: depth > 0 });
    }
    offset += line.length + 1;
  }
  return lines;
}

/** The words as HAProxy reads them. */
export function wordTexts({ words }: ConfigLine): readonly string[] {
  return words.map(({ text }) => text);
}
