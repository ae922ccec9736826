import { personOf } from '../../policy/same-person.ts';
import type { Release } from '../../release/release.ts';
import { msSince } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { rowOf } from './row-of.ts';

/** The first word counts for so long, milliseconds. */
const countsMs = 3_600_000;

/**
 * Beyond a point of no return two different people take a release back: the answer to the first of them, or to one who
 * asks twice; undefined where it may go back now.
 */
export function askSecondPerson(
  engine: Engine,
  release: Release | undefined,
  ask: { readonly because?: string },
  by: By,
): Answer | undefined {
  if (release?.noReturn === undefined) return undefined;
  const { clock, config, journal } = engine.deps;
  const { id, service, noReturn, returnAsked: first } = release;
  if (first !== undefined && msSince(clock, first.at) < countsMs) {
    const same = personOf(config, first.by) === personOf(config, by.actor);
    return same
      ? refuse(
          `Refused: you asked for it already, and beyond the point of no return (${noReturn}) of ${id} a second person must: \`/rollback ${service}\`.`,
        )
      : undefined;
  }
  const appended = journal.append(
    [
      rowOf(release, by, {
        kind: 'return_asked',
        ...(ask.because === undefined ? {} : { reason: ask.because }),
        ...(by.membership === undefined ? {} : { membership: by.membership }),
      }),
    ],
    by.origin.request,
  );
  return answerTo(
    appended,
    `${id} is beyond its point of no return (${noReturn}), so a second person must take it back, too, within the hour: \`/rollback ${service}\`.`,
    id,
  );
}
