import { nearest } from '../config/nearest.ts';
import { isSide, type Side, sides } from '../release/vocabulary.ts';
import type { Command, Misunderstood } from './command.ts';
import { readEither, readRelease, readService } from './parse-names.ts';
import { readOptions } from './parse-options.ts';
import { parseServer } from './parse-server.ts';
import {
  givenReason,
  isMisunderstood,
  misunderstood,
  neededReason,
  strange,
  type TypedLine,
  wordAt,
} from './typed-line.ts';

const verbs = [
  'plan',
  'finish',
  'accept',
  'abort',
  'cancel',
  'settle',
  'adopt',
  'drain',
  'maint',
  'ready',
  'lock',
  'unlock',
] as const;
const usage = {
  ask: '<service> [blue|green] [version <v>] [because <reason>]',
  plan: 'plan <service> [blue|green] [version <v>]',
  finish: 'finish <service> [because <reason>]',
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
    case 'finish':
      return parseFinish(line);
    case 'accept':
    case 'abort':
    case 'cancel':
      return parseOf(line, verb);
    case 'settle':
      return parseSettle(line);
    case 'adopt':
      return parseAdopt(line);
    case 'drain':
    case 'maint':
    case 'ready':
      return parseServer(line, verb);
    default:
      return parseHold(line, verb);
  }
}

function parseAsk(line: TypedLine, kind: 'release' | 'plan', at: number): Command | Misunderstood {
  const form = kind === 'plan' ? usage.plan : usage.ask;
  if (wordAt(line, at) === '')
    return misunderstood(`Which service? Write \`${line.name} ${form}\`.`);
  const read = readService(line, at, at === 0 ? [...verbs, 'help'] : []);
  if (isMisunderstood(read)) return read;
  const options = readOptions(line, at + 1, form);
  if (isMisunderstood(options)) return at === 0 ? mistypedVerb(line, options) : options;
  const because = options.override ? neededReason(line, 'An override') : line.reason;
  if (isMisunderstood(because)) return because;
  const reason = givenReason(line);
  return isMisunderstood(reason) ? reason : { kind, service: read.service, ...options, ...reason };
}

function parseFinish(line: TypedLine): Command | Misunderstood {
  const form = usage.finish;
  if (wordAt(line, 1) === '')
    return misunderstood(`Which service? Write \`${line.name} ${form}\`.`);
  const read = readService(line, 1);
  if (isMisunderstood(read)) return read;
  const override = wordAt(line, 2) === 'override';
  const next = override ? 3 : 2;
  if (line.words.length > next) return strange(line, next, ['because', 'override'], form);
  if (!override) {
    const reason = givenReason(line);
    return isMisunderstood(reason) ? reason : { kind: 'finish', ...read, ...reason };
  }
  const because = neededReason(line, 'An override');
  return isMisunderstood(because) ? because : { kind: 'finish', ...read, override, because };
}

/** A mistyped verb reads as a service whose further words make no sense. */
function mistypedVerb(line: TypedLine, otherwise: Misunderstood): Misunderstood {
  const verb = nearest(wordAt(line, 0), verbs);
  const isService = line.services?.includes(wordAt(line, 0)) ?? false;
  return verb === undefined || isService ? otherwise : strange(line, 0, [verb], usage.ask);
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
  // What a proof of the journal found locks every service: `journal` is no service's name.
  const read = kind === 'unlock' && word === 'journal' ? { service: word } : readService(line, 1);
  if (isMisunderstood(read)) return read;
  if (line.words.length > 2) return strange(line, 2, ['because'], form);
  const because = neededReason(line, `To ${kind}`);
  return isMisunderstood(because) ? because : { kind, ...read, because };
}
