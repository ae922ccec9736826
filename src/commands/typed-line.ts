import { nearest } from '../config/nearest.ts';
import { cleanLine, isEmoji, plainReason, quoted, unescaped } from './clean-text.ts';
import type { Misunderstood } from './command.ts';
import { canonicalNames, type Topic } from './command-names.ts';

/** What the parser may know of the installation, for better answers. */
export interface Known {
  /** The services there are; without them every well-formed name passes. */
  readonly services?: readonly string[];
}

/** One typed line, cut into the words of the grammar and the reason after `because`. */
export interface TypedLine {
  /** The command's canonical name, for hints. */
  readonly name: string;
  readonly words: readonly string[];
  /** Undefined without `because`; empty where nothing followed it. */
  readonly reason: string | undefined;
  readonly services: readonly string[] | undefined;
  readonly timezone: string;
  readonly now: Date;
}

const longestLine = 8000;
const longestReason = 500;

/** Cuts a line; refuses one that is too long to be meant. */
export function typedLine(
  topic: Topic,
  text: string,
  timezone: string,
  now: Date,
  known: Known,
): TypedLine | Misunderstood {
  const name = canonicalNames[topic];
  if (text.length > longestLine) {
    return misunderstood(`That line has ${text.length} characters; say it in ${longestLine}.`);
  }
  const clean = cleanLine(text);
  const because = /(?:^|\s)because[:,]?(?=\s|$)/i.exec(clean);
  const head = because === null ? clean : clean.slice(0, because.index);
  const reason =
    because === null ? undefined : plainReason(clean.slice(because.index + because[0].length));
  const length = [...(reason ?? '')].length;
  if (length > longestReason) {
    return misunderstood(
      `A reason has at most ${longestReason} characters and this one has ${length}. Nothing was done; say it shorter.`,
    );
  }
  const words = (head.match(/<[^<>]*>|[^\s<>]+|[<>]/g) ?? []).filter((word) => !isEmoji(word));
  return { name, words, reason, services: known.services, timezone, now };
}

export function misunderstood(sentence: string): Misunderstood {
  return { kind: 'misunderstood', sentence };
}

/** The word at an index, as the grammar compares it: small letters, '' where there is none. */
export function wordAt(line: TypedLine, index: number): string {
  return line.words[index]?.toLowerCase() ?? '';
}

/** The line as it could have been meant, with one word put in another's place. */
export function corrected(line: TypedLine, index: number, ...instead: readonly string[]): string {
  return lineOf(line, line.words.toSpliced(index, 1, ...instead));
}

/** A line of these words and the typed reason, as code. */
export function lineOf(line: TypedLine, words: readonly string[]): string {
  const reason = line.reason === undefined ? [] : ['because', line.reason || '<reason>'];
  const text = [line.name, ...words.map(unescaped), ...reason].join(' ').replaceAll('`', "'");
  return `\`${text.length > 200 ? `${text.slice(0, 200)}...` : text}\``;
}

/** Refuses a word, with the nearest form that is valid. */
export function strange(
  line: TypedLine,
  index: number,
  candidates: Iterable<string>,
  usage: string,
): Misunderstood {
  const word = line.words[index] ?? '';
  const near = nearest(word, candidates);
  const help =
    near === undefined
      ? `Write \`${line.name} ${usage}\`.`
      : `Did you mean ${corrected(line, index, near)}?`;
  return misunderstood(`I do not understand ${quoted(word)}. ${help}`);
}

/** The reason, or the sentence that asks for one. */
export function neededReason(line: TypedLine, what: string): string | Misunderstood {
  if (line.reason) return line.reason;
  const words = line.reason === undefined ? [...line.words, 'because', '<reason>'] : line.words;
  return misunderstood(`${what} needs a reason. Write ${lineOf(line, words)}.`);
}

/** An optional reason: `because` without one is a slip. */
export function givenReason(line: TypedLine): { because?: string } | Misunderstood {
  if (line.reason === undefined) return {};
  if (line.reason !== '') return { because: line.reason };
  return misunderstood(`Which reason? Write ${lineOf(line, line.words)}, or leave because out.`);
}

export function isMisunderstood(value: unknown): value is Misunderstood {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'misunderstood'
  );
}
