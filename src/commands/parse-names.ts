import { whyNoServiceName } from '../config/names.ts';
import { nearest } from '../config/nearest.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { quoted } from './clean-text.ts';
import type { Misunderstood } from './command.ts';
import { corrected, misunderstood, type TypedLine, wordAt } from './typed-line.ts';

const mostNames = 12;

/** Reads a service's name at one place of the line. `verbs` are what else could have been meant there. */
export function readService(
  line: TypedLine,
  index: number,
  verbs: readonly string[] = [],
): { readonly service: ServiceName } | Misunderstood {
  const word = wordAt(line, index);
  if (line.services?.includes(word)) return { service: word };
  if (isReleaseId(word)) return misunderstood(needsService(line, index, word));
  const near = nearest(word, [...(line.services ?? []), ...verbs]);
  if (near !== undefined && (line.services !== undefined || whyNoServiceName(word) !== undefined)) {
    return misunderstood(
      `There is no service ${quoted(word)}. Did you mean ${corrected(line, index, near)}?`,
    );
  }
  if (line.services !== undefined) {
    return misunderstood(`There is no service ${quoted(word)}. ${servicesThere(line.services)}`);
  }
  const why = whyNoServiceName(word);
  return why === undefined
    ? { service: word }
    : misunderstood(`I do not understand ${quoted(word)}: expected ${why}.`);
}

/** The same for the past: a service that is no longer configured still has its history. */
export function readPastService(
  line: TypedLine,
  index: number,
  verbs: readonly string[],
): { readonly service: ServiceName } | Misunderstood {
  const read = readService(line, index, verbs);
  const word = wordAt(line, index);
  const isMistyped = nearest(word, [...(line.services ?? []), ...verbs]) !== undefined;
  return 'service' in read || isMistyped || whyNoServiceName(word) !== undefined
    ? read
    : { service: word };
}

/** Reads a release's id, `<service>-<number>`. */
export function readRelease(
  line: TypedLine,
  index: number,
): { readonly release: ReleaseId } | Misunderstood {
  const word = wordAt(line, index);
  if (isReleaseId(word)) return { release: word };
  const example = corrected(line, index, `${whyNoServiceName(word) ? 'checkout' : word}-42`);
  return misunderstood(`${quoted(word)} is no release. Name one by its id, such as ${example}.`);
}

/** Reads a service's name or a release's id. A release may be of a service that is no longer configured. */
export function readEither(
  line: TypedLine,
  index: number,
): { readonly of: ServiceName | ReleaseId } | Misunderstood {
  const word = wordAt(line, index);
  if (isReleaseId(word)) return { of: word };
  const read = readService(line, index);
  return 'service' in read ? { of: read.service } : read;
}

export function isReleaseId(word: string): boolean {
  const match = /^(.+)-[1-9]\d{0,8}$/.exec(word);
  return match?.[1] !== undefined && whyNoServiceName(match[1]) === undefined;
}

function needsService(line: TypedLine, index: number, id: string): string {
  const service = id.replace(/-\d+$/, '');
  return `${quoted(id)} is a release; name its service. Did you mean ${corrected(line, index, service)}?`;
}

function servicesThere(services: readonly string[]): string {
  if (services.length === 0) return 'None is configured.';
  if (services.length === 1) return `There is only ${services[0]}.`;
  const shown = services.slice(0, mostNames).join(', ');
  const more = services.length > mostNames ? ` and ${services.length - mostNames} more` : '';
  return `There are ${shown}${more}.`;
}
