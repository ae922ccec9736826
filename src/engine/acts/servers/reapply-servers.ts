import type { ServersRelease } from '../../../release/release.ts';
import { stateTitle } from '../../../release/states.ts';
import type { Engine } from '../../engine.ts';
import { type Answer, answerTo, type By, refuse } from '../answer.ts';
import { rowOf } from '../row-of.ts';

/** `Re-apply`: a release of single servers that stopped goes on from where it stopped, also on its way back. */
export function goOnServers(engine: Engine, release: ServersRelease, by: By): Answer {
  const { id, state, goingBack, service } = release;
  if (goingBack !== undefined && state !== 'needs_attention') {
    return refuse(`Refused: ${id} is going back: ${goingBack.why} It cannot go on any more.`);
  }
  if (state !== 'needs_attention') {
    return refuse(
      `Refused: ${id} has not stopped, it is at "${stateTitle(state)}". \`/release-status ${service}\` shows where it stands.`,
    );
  }
  const appended = engine.deps.journal.append(
    [rowOf(release, by, { kind: 'reapply_asked' })],
    by.origin.request,
  );
  engine.interrupt(id);
  const what = goingBack === undefined ? 'goes on from where it stopped' : 'tries again to go back';
  return answerTo(appended, `${id} ${what}.`, id);
}
