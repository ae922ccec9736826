import { nearest } from '../config/nearest.ts';
import { whyNoVersion } from '../release/version.ts';
import { isSide, type Side, sides } from '../release/vocabulary.ts';
import { quoted } from './clean-text.ts';
import type { Misunderstood } from './command.ts';
import {
  corrected,
  isMisunderstood,
  lineOf,
  misunderstood,
  strange,
  type TypedLine,
  wordAt,
} from './typed-line.ts';

/** What may follow the service a release is asked for. */
export interface ReleaseOptions {
  readonly side?: Side;
  readonly version?: string;
  readonly override?: true;
}

/** Reads side, version and override, in any order, each once, from one place of the line on. */
export function readOptions(
  line: TypedLine,
  from: number,
  form: string,
): ReleaseOptions | Misunderstood {
  let options: ReleaseOptions = {};
  for (let i = from; i < line.words.length; i++) {
    const option = readOption(line, i, options, form);
    if (isMisunderstood(option)) return option;
    options = { ...options, ...option };
    if (option.version !== undefined) i++;
  }
  return options;
}

function readOption(
  line: TypedLine,
  index: number,
  before: ReleaseOptions,
  form: string,
): ReleaseOptions | Misunderstood {
  const word = wordAt(line, index);
  if (isSide(word)) {
    return before.side === undefined
      ? { side: word }
      : misunderstood(`A release goes to one side: ${before.side} or ${word}?`);
  }
  if (word !== 'version' && word !== 'override') return strangeOption(line, index, before, form);
  if (before[word] !== undefined)
    return misunderstood(
      `You wrote ${word} twice. Once is enough: ${lineOf(line, line.words.toSpliced(index, word === 'version' ? 2 : 1))}.`,
    );
  return word === 'override' ? { override: true } : readVersion(line, index + 1);
}

function readVersion(line: TypedLine, index: number): { version: string } | Misunderstood {
  const word = line.words[index];
  if (word === undefined) {
    return misunderstood(`Which version? Write ${corrected(line, index, '1.4.2')}.`);
  }
  const why = whyNoVersion(word);
  return why === undefined
    ? { version: word }
    : misunderstood(`${quoted(word)} is no version: ${why}.`);
}

function strangeOption(
  line: TypedLine,
  index: number,
  before: ReleaseOptions,
  form: string,
): Misunderstood {
  const word = line.words[index] ?? '';
  const near = nearest(word, [...sides, 'version', 'because', 'override']);
  if (near !== undefined) return strange(line, index, [near], form);
  const missing = missingWord(line, index, before);
  if (missing === undefined) return strange(line, index, [], form);
  const meant = corrected(line, index, missing, word);
  return misunderstood(`I do not understand ${quoted(word)}. Did you mean ${meant}?`);
}

/** The word that was left out: `v1.4.2` or a digest alone is a version, several words are a reason. */
function missingWord(
  line: TypedLine,
  index: number,
  before: ReleaseOptions,
): 'version' | 'because' | undefined {
  const word = line.words[index] ?? '';
  const isVersion = /^(v?\d|[^@]*@?sha(256|512):)/i.test(word) && whyNoVersion(word) === undefined;
  if (isVersion && before.version === undefined) return 'version';
  return line.reason === undefined && line.words.length - index > 1 ? 'because' : undefined;
}
