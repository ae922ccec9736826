import { quoted } from './clean-text.ts';
import type { Command, Misunderstood } from './command.ts';
import { isReleaseId, readService } from './parse-names.ts';
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

const usage = '<service> [because <reason>]';

/** Reads what follows `/rollback`. */
export function parseRollback(line: TypedLine): Command | Misunderstood {
  const word = wordAt(line, 0);
  if (word === '') return misunderstood(`Which service? Write \`${line.name} ${usage}\`.`);
  const read = isReleaseId(word) ? ofRelease(line, word) : readService(line, 0, ['help']);
  if (isMisunderstood(read)) return read;
  const override = wordAt(line, 1) === 'override';
  const next = override ? 2 : 1;
  if (line.words.length > next) return extra(line, next);
  if (!override) {
    const reason = givenReason(line);
    return isMisunderstood(reason) ? reason : { kind: 'rollback', ...read, ...reason };
  }
  const because = neededReason(line, 'An override');
  return isMisunderstood(because) ? because : { kind: 'rollback', ...read, override, because };
}

function ofRelease(line: TypedLine, id: string): Misunderstood {
  const instead = corrected(line, 0, id.replace(/-\d+$/, ''));
  return misunderstood(
    `${quoted(id)} is a release; a rollback takes a service back. Did you mean ${instead}?`,
  );
}

function extra(line: TypedLine, index: number): Misunderstood {
  const word = line.words[index] ?? '';
  if (line.reason !== undefined || line.words.length - index === 1) {
    return strange(line, index, ['because', 'override'], usage);
  }
  const instead = corrected(line, index, 'because', word);
  return misunderstood(`I do not understand ${quoted(word)}. Did you mean ${instead}?`);
}
