import { isServersRelease, openEffects, type Release } from '../../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../../release/states.ts';
import { msSince } from '../deadline.ts';
import type { Engine } from '../engine.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { rowOf } from './row-of.ts';

/** How a release ends that has moved nothing. */
export interface UntouchedEnd {
  readonly state: 'cancelled' | 'rejected';
  /** What the release's last row says. */
  readonly sentence: string;
  /** The answer to the person. */
  readonly text: string;
}

/**
 * Ends a release that has moved nothing, once its driver is at rest. Where it is not known yet how something ended that
 * was sent to a node, the driver settles that first and ends it then.
 */
export async function endUntouched(
  engine: Engine,
  { id }: Release,
  end: UntouchedEnd,
  by: By,
): Promise<Answer> {
  const answer = await engine.whenAtRest(id, () => endNow(engine, id, end, by));
  return answer ?? refuse(notAtRest(id));
}

/** Nobody ends a release while its driver may still be writing. */
export function notAtRest(id: string): string {
  return `Refused: the driver of ${id} is still waiting for a write that it has begun, so nothing was done. Ask again in a minute; \`/release-status\` shows where it stands.`;
}

function endNow(engine: Engine, id: string, end: UntouchedEnd, by: By): Answer {
  const { journal, clock } = engine.deps;
  const release = journal.release(id);
  if (release === undefined) throw new Error(`The journal has no release ${id}.`);
  const { state, sentence, text } = end;
  const late = whyTooLate(release);
  if (late !== undefined) return refuse(late);
  const row =
    openEffects(release).length > 0
      ? ({ kind: 'going_back', end: state, why: sentence } as const)
      : ({
          kind: 'ended',
          state,
          sentence,
          durationMs: Math.round(msSince(clock, release.requestedAt)),
        } as const);
  return answerTo(journal.append([rowOf(release, by, row)], by.origin.request), text, id);
}

function whyTooLate(release: Release): string | undefined {
  const { id, ended, goingBack, state } = release;
  if (ended !== undefined) {
    return `Refused: ${id} has ended already (${stateTitle(state)}): ${ended.sentence}`;
  }
  if (goingBack !== undefined) return `${id} is being ended already: ${goingBack.why}`;
  if (isUntouched(release)) return undefined;
  return `Refused: ${id} is at "${stateTitle(state)}" by now and may have written: \`/release abort ${id}\` takes it back.`;
}

/** No node was written for it yet. */
export function isUntouched(release: Release): boolean {
  if (isBeforeSwitch(release.state)) return true;
  const { state, servers } = release;
  return state === 'needs_attention' && isServersRelease(release) && servers === undefined;
}
