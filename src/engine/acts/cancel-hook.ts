import { runningHook } from '../../release/hook-run.ts';
import type { Release } from '../../release/release.ts';
import { stateTitle } from '../../release/states.ts';
import { typed } from '../../release/typed.ts';
import type { Engine } from '../engine.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { rowOf } from './row-of.ts';
import { askSecondPerson } from './second-person.ts';

/**
 * Ends a release before its switch while a hook of it runs: the hook is killed first, then the lock is freed. A hook that
 * is a point of no return is not cut off by one person alone.
 */
export function cancelHook(
  engine: Engine,
  release: Release,
  ask: { readonly end: 'cancelled' | 'rejected'; readonly because?: string },
  by: By,
): Answer {
  const { id, goingBack } = release;
  const running = runningHook(release.hooks);
  if (goingBack !== undefined) return refuse(`${id} is being cancelled already: ${goingBack.why}`);
  const second = askSecondPerson(engine, release, ask, by);
  if (second !== undefined) return second;
  const because = ask.because === undefined ? '' : ` (${typed(ask.because)})`;
  const why = `${stateTitle(ask.end)} by @${by.actor}${because} while the hook ${running?.point} ran; it was killed, no traffic was moved.`;
  const appended = engine.deps.journal.append(
    [rowOf(release, by, { kind: 'going_back', end: ask.end, why })],
    by.origin.request,
  );
  engine.interrupt(id);
  return answerTo(
    appended,
    `${id} is ${ask.end}: its hook ${running?.point} is being killed, no traffic was moved.`,
    id,
  );
}
