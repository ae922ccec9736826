import { personOf } from '../../policy/same-person.ts';
import { isUnknownPerson } from '../../policy/unknown-person.ts';
import type { Draft } from '../../release/journal-entry.ts';
import type { Release } from '../../release/release.ts';
import type { ServiceState } from '../../release/service-state.ts';
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
  const { id, service, noReturn } = release;
  if (isUnknownPerson(config, by.actor)) {
    return refuse(
      `Refused: beyond the point of no return (${noReturn}) of ${id} two people must ask, and \`people\` in the configuration does not say who @${by.actor} is: it may be one of them once more. Name the person there and start again, or ask in Slack: \`/rollback ${service}\`.`,
    );
  }
  const first = firstWord(release, journal.service(service));
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
      wordOn(release, by, {
        kind: 'return_asked',
        ...(release.ended === undefined ? {} : { of: id }),
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

/** The first of two people, said of the release while it was open or since it has ended. */
function firstWord({ id, returnAsked }: Release, state: ServiceState): Release['returnAsked'] {
  return state.returnAsked?.of === id ? state.returnAsked : returnAsked;
}

/** No row of a release follows its end: then the word is the service's. */
function wordOn(release: Release, by: By, what: Draft['what']): Draft {
  const { release: _, ...row } = rowOf(release, by, what);
  return release.ended === undefined ? rowOf(release, by, what) : row;
}
