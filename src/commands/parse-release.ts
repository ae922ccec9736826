import { nearest } from '../config/nearest.ts';
import { isSide, type Side, sides } from '../release/vocabulary.ts';
import { quoted } from './clean-text.ts';
import type { Command, Misunderstood } from './command.ts';
import { readEither, readRelease, readService } from './parse-names.ts';
import {
  corrected,
  givenReason,
  isMisunderstood,
  misunderstood,
  neededReason,
  strange,
  type TypedLine,
  wordAt,
} from './typed-line.ts';

const verbs = ['plan', 'accept', 'abort', 'cancel', 'settle', 'adopt', 'lock', 'unlock'] as const;
const usage = {
  ask: '<service> [blue|green] [version <v>] [because <reason>]',
  plan: 'plan <service> [blue|green] [version <v>]',
  accept: 'accept <service or release>',
  abort: 'abort <service or release>',
  cancel: 'cancel <service or release>',
  settle: 'settle <release> blue|green because <reason>',
  adopt: 'adopt <service> blue|green because <reason>',
  lock: 'lock <service> because <reason>',
  unlock: 'unlock <service> because <reason>',
} as const;

/** Reads what follows `/release`. */
export function parseRelease(line: TypedLine): Command | Misunderstood {
  const verb = verbs.find((known) => known === wordAt(line, 0));
  switch (verb) {
    case undefined:
      return parseAsk(line, 'release', 0);
    case 'plan':
      return parseAsk(line, 'plan', 1);
    case 'accept':
    case 'abort':
    case 'cancel':
      return parseOf(line, verb);
    case 'settle':
      return parseSettle(line);
    case 'adopt':
      return parseAdopt(line);
    default:
      return parseHold(line, verb);
  }
}

function parseAsk(line: TypedLine, kind: 'release' | 'plan', at: number): Command | Misunderstood {
  const form = kind === 'plan' ? usage.plan : usage.ask;
  if (wordAt(line, at) === '')
    return misunderstood(`Which service? Write \`${line.name} ${form}\`.`);
  const options = readOptions(line, at, form);
  const read = readService(line, at, at === 0 ? [...verbs, 'help'] : []);
  // A mistyped verb looks like a service followed by words that make no sense.
  const mistyped =
    isMisunderstood(options) && at === 0 ? nearest(wordAt(line, 0), verbs) : undefined;
  if (isMisunderstood(read)) return read;
  if (mistyped !== undefined && !line.services?.includes(read.service)) {
    return strange(line, 0, verbs, form);
  }
  if (isMisunderstood(options)) return options;
  const reason = givenReason(line);
  if (isMisunderstood(reason)) return reason;
  if (options.override && reason.because === undefined) {
    const needed = neededReason(line, 'An override');
    return isMisunderstood(needed) ? needed : misunderstood('An override needs a reason.');
  }
  return { kind, service: read.service, ...options, ...reason };
}

interface Options {
  side?: Side;
  version?: string;
  override?: true;
}

/** Side, version and override, in any order, each once. */
function readOptions(line: TypedLine, at: number, form: string): Options | Misunderstood {
  const options: Options = {};
  for (let i = at + 1; i < line.words.length; i++) {
    const word = wordAt(line, i);
    if (isSide(word) && options.side === undefined) options.side = word;
    else if (word === 'override' && options.override === undefined) options.override = true;
    else if (word === 'version' && options.version === undefined) {
      const version = readVersion(line, ++i);
      if (isMisunderstood(version)) return version;
      options.version = version;
    } else return strangeOption(line, i, options, form);
  }
  return options;
}

function readVersion(line: TypedLine, index: number): string | Misunderstood {
  const word = line.words[index];
  if (word === undefined) {
    return misunderstood(`After version there is none. Write ${corrected(line, index, '1.4.2')}.`);
  }
  if (/^[A-Za-z0-9_.:+/-]{1,64}$/.test(word)) return word;
  return misunderstood(
    `${quoted(word)} is no version: expected letters, digits and _ . : + / -, up to 64 long.`,
  );
}

function strangeOption(
  line: TypedLine,
  index: number,
  options: Options,
  form: string,
): Misunderstood {
  const word = wordAt(line, index);
  if (isSide(word)) {
    return misunderstood(
      `A release goes to one side: ${quoted(options.side ?? '')} or ${quoted(word)}?`,
    );
  }
  if (word === 'version' || word === 'override') return misunderstood(`There is ${word} twice.`);
  const near = nearest(word, [...sides, 'version', 'because', 'override']);
  if (near !== undefined) return strange(line, index, [near], form);
  // "v1.4.2" and "1.4.2" alone are versions somebody meant.
  if (/^v?\d[\w.:+/-]{0,60}$/.test(word) && options.version === undefined) {
    const instead = corrected(line, index, 'version', line.words[index] ?? '');
    return misunderstood(`I do not understand ${quoted(word)}. Did you mean ${instead}?`);
  }
  const meantReason = line.reason === undefined && line.words.length - index > 1;
  if (meantReason) {
    const instead = corrected(line, index, 'because', line.words[index] ?? '');
    return misunderstood(`I do not understand ${quoted(word)}. Did you mean ${instead}?`);
  }
  return strange(line, index, [], form);
}

function parseOf(line: TypedLine, kind: 'accept' | 'abort' | 'cancel'): Command | Misunderstood {
  const form = usage[kind];
  if (wordAt(line, 1) === '') return misunderstood(`Which one? Write \`${line.name} ${form}\`.`);
  const read = readEither(line, 1);
  if (isMisunderstood(read)) return read;
  if (line.words.length > 2) return strange(line, 2, [], form);
  const reason = givenReason(line);
  return isMisunderstood(reason) ? reason : { kind, ...read, ...reason };
}

function parseSettle(line: TypedLine): Command | Misunderstood {
  if (wordAt(line, 1) === '') {
    return misunderstood(`Which release? Write \`${line.name} ${usage.settle}\`.`);
  }
  const read = readRelease(line, 1);
  if (isMisunderstood(read)) return read;
  const side = readSide(line, usage.settle);
  if (isMisunderstood(side)) return side;
  const because = neededReason(line, 'To settle');
  return isMisunderstood(because) ? because : { kind: 'settle', ...read, side, because };
}

function parseAdopt(line: TypedLine): Command | Misunderstood {
  if (wordAt(line, 1) === '') {
    return misunderstood(`Which service? Write \`${line.name} ${usage.adopt}\`.`);
  }
  const read = readService(line, 1);
  if (isMisunderstood(read)) return read;
  const side = readSide(line, usage.adopt);
  if (isMisunderstood(side)) return side;
  const because = neededReason(line, 'To adopt');
  return isMisunderstood(because) ? because : { kind: 'adopt', ...read, side, because };
}

function readSide(line: TypedLine, form: string): Side | Misunderstood {
  const side = wordAt(line, 2);
  if (side === '') return misunderstood(`To which side? Write \`${line.name} ${form}\`.`);
  if (!isSide(side)) return strange(line, 2, sides, form);
  return line.words.length > 3 ? strange(line, 3, ['because'], form) : side;
}

function parseHold(line: TypedLine, kind: 'lock' | 'unlock'): Command | Misunderstood {
  const form = usage[kind];
  const word = wordAt(line, 1);
  if (word === '') return misunderstood(`Which service? Write \`${line.name} ${form}\`.`);
  const read = readService(line, 1);
  if (isMisunderstood(read)) return read;
  if (line.words.length > 2) return strange(line, 2, ['because'], form);
  const because = neededReason(line, `To ${kind}`);
  return isMisunderstood(because) ? because : { kind, ...read, because };
}
