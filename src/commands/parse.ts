import { unreachable } from '../release/vocabulary.ts';
import type { Asker, Command, Misunderstood, Parse } from './command.ts';
import type { Topic } from './command-names.ts';
import { parseRelease } from './parse-release.ts';
import { parseRollback } from './parse-rollback.ts';
import { parseStatus } from './parse-status.ts';
import { isMisunderstood, type Known, type TypedLine, typedLine, wordAt } from './typed-line.ts';

export { helpLines } from './help-lines.ts';

/** Reads one line of text as a command; implements `Parse`. Never throws. */
export function parse(
  command: Topic,
  text: string,
  asker: Pick<Asker, 'timezone'>,
  now: Date,
  known: Known = {},
): Command | Misunderstood {
  const line = typedLine(command, text, asker.timezone, now, known);
  if (isMisunderstood(line)) return line;
  if (asksForHelp(line, command)) return { kind: 'help', topic: command };
  switch (command) {
    case 'release':
      return parseRelease(line);
    case 'rollback':
      return parseRollback(line);
    case 'status':
      return parseStatus(line);
    default:
      return unreachable(command);
  }
}

/** The parser of a face that knows the services there are. */
export function parserOf(services: readonly string[]): Parse {
  return (topic, text, asker, now) => parse(topic, text, asker, now, { services });
}

function asksForHelp(line: TypedLine, command: Topic): boolean {
  if (line.words.length === 0) return command === 'release';
  const isHelp = (word: string) => /^(help|--help|-h|\?)$/.test(word);
  return isHelp(wordAt(line, 0)) || isHelp(wordAt(line, line.words.length - 1));
}
