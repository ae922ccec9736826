import { haproxyNamePattern } from '../config/names.ts';
import { type ServerState, serverName } from '../release/vocabulary.ts';
import { quoted } from './clean-text.ts';
import type { Command, Misunderstood } from './command.ts';
import { readService } from './parse-names.ts';
import {
  givenReason,
  isMisunderstood,
  misunderstood,
  strange,
  type TypedLine,
  wordAt,
} from './typed-line.ts';

/** Reads `drain|maint|ready <service> <server> [because <reason>]`. */
export function parseServer(line: TypedLine, kind: ServerState): Command | Misunderstood {
  const form = `${kind} <service> <server> [because <reason>]`;
  if (wordAt(line, 1) === '') {
    return misunderstood(`Which service? Write \`${line.name} ${form}\`.`);
  }
  const read = readService(line, 1);
  if (isMisunderstood(read)) return read;
  // HAProxy's names are case sensitive.
  const name = line.words[2];
  if (name === undefined) {
    return misunderstood(`Which server? Write \`${line.name} ${form}\`.`);
  }
  if (!haproxyNamePattern.test(name)) {
    return misunderstood(
      `${quoted(name)} is no server's name: expected letters, digits and _ . : -, up to 128 long.`,
    );
  }
  if (line.words.length > 3) return strange(line, 3, ['because'], form);
  const reason = givenReason(line);
  return isMisunderstood(reason) ? reason : { kind, ...read, server: serverName(name), ...reason };
}
