import { type Actor, actor } from '../release/vocabulary.ts';
import { quoted } from './clean-text.ts';
import type { Command, Misunderstood } from './command.ts';
import { readPastService, readService } from './parse-names.ts';
import { readSince, readTime, timeForms, timeLength } from './parse-time.ts';
import {
  corrected,
  isMisunderstood,
  lineOf,
  misunderstood,
  strange,
  type TypedLine,
  wordAt,
} from './typed-line.ts';

const verbs = ['history', 'at', 'help'] as const;
const usage = {
  one: '[<service>]',
  history: 'history [<service>] [since 7d] [by @user]',
  at: 'at <time> <service>',
} as const;

/** Reads what follows `/status`. */
export function parseStatus(line: TypedLine): Command | Misunderstood {
  if (line.reason !== undefined) {
    return misunderstood(
      `A question needs no reason. Write ${lineOf({ ...line, reason: undefined }, line.words)}.`,
    );
  }
  if (line.words.length === 0) return { kind: 'status' };
  if (wordAt(line, 0) === 'history') return parseHistory(line);
  if (wordAt(line, 0) === 'at') return parseAt(line);
  const read = readService(line, 0, verbs);
  if (isMisunderstood(read)) return read;
  if (line.words.length === 1) return { kind: 'status', ...read };
  const [service = '', next = '', ...rest] = line.words;
  if (wordAt(line, 1) === 'history') {
    const meant = lineOf(line, ['history', service, ...rest]);
    return misunderstood(`I do not understand ${quoted(next)} here. Did you mean ${meant}?`);
  }
  return strange(line, 1, [], usage.one);
}

interface HistoryAsk {
  service?: string;
  since?: Date;
  by?: Actor;
}

function parseHistory(line: TypedLine): Command | Misunderstood {
  const ask: HistoryAsk = {};
  for (let i = 1; i < line.words.length; ) {
    const taken = readPart(line, i, ask);
    if (typeof taken !== 'number') return taken;
    i += taken;
  }
  return { kind: 'history', ...ask };
}

/** Reads one part of a history's question into `ask`; gives how many words it took. */
function readPart(line: TypedLine, at: number, ask: HistoryAsk): number | Misunderstood {
  const word = wordAt(line, at);
  if (word === 'since' && ask.since === undefined) return readSincePart(line, at, ask);
  if (word === 'by' && ask.by === undefined) return readByPart(line, at, ask);
  if (ask.service === undefined) {
    const read = readPastService(line, at, ['since', 'by']);
    if (isMisunderstood(read)) return read;
    ask.service = read.service;
    return 1;
  }
  return strange(line, at, ['since', 'by'], usage.history);
}

function readSincePart(line: TypedLine, at: number, ask: HistoryAsk): number | Misunderstood {
  const length = timeLength(line.words, at + 1);
  const words = line.words.slice(at + 1, at + 1 + length);
  if (words.length === 0)
    return misunderstood(`Since when? Write \`${line.name} ${usage.history}\`.`);
  const since = readSince(words, line);
  if (isMisunderstood(since)) {
    return misunderstood(
      `${since.sentence} For since, \`7d\`, \`12h\` and \`2026-11-01\` do as well.`,
    );
  }
  ask.since = since;
  return 1 + length;
}

function readByPart(line: TypedLine, at: number, ask: HistoryAsk): number | Misunderstood {
  const word = line.words[at + 1];
  if (word === undefined) return misunderstood(`By whom? Write \`${line.name} ${usage.history}\`.`);
  const by = readPerson(line, at + 1, word);
  if (isMisunderstood(by)) return by;
  ask.by = by;
  return 2;
}

function readPerson(line: TypedLine, at: number, word: string): Actor | Misunderstood {
  const mention = /^<@([UW][A-Z0-9]{2,24})(?:\|[^<>]*)?>$/.exec(word)?.[1];
  if (mention !== undefined) return actor(mention);
  if (/^@?[UW][A-Z0-9]{2,24}$/.test(word)) return actor(word.replace('@', ''));
  if (/^(cli|system):[A-Za-z0-9_.-]{1,64}$/.test(word)) return actor(word);
  return misunderstood(
    `I do not know who ${quoted(word)} is. Pick the name from the list that opens after @, or write the user's id: ${corrected(line, at, 'U0ANN')}.`,
  );
}

function parseAt(line: TypedLine): Command | Misunderstood {
  const length = timeLength(line.words, 1);
  const words = line.words.slice(1, 1 + length);
  if (words.length === 0) {
    return misunderstood(
      `When, and which service? Write \`${line.name} ${usage.at}\`; times are ${timeForms}.`,
    );
  }
  const time = readTime(words, line);
  if (isMisunderstood(time)) return time;
  const next = 1 + length;
  if (wordAt(line, next) === '') {
    return misunderstood(`Which service? Write ${lineOf(line, [...line.words, '<service>'])}.`);
  }
  const read = readService(line, next);
  if (isMisunderstood(read)) return read;
  if (line.words.length > next + 1) return strange(line, next + 1, [], usage.at);
  return { kind: 'at', ...read, time };
}
