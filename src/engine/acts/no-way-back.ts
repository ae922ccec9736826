import type { Stable } from '../../release/service-state.ts';
import { stateTitle } from '../../release/states.ts';
import { type Actor, otherSide, type Side, unreachable } from '../../release/vocabulary.ts';
import type { Engine } from '../engine.ts';

/**
 * Why `/rollback` has nothing to take back, and what to type instead: the present side is stable, so the same words said
 * once more, by anybody and however late, move nothing.
 */
export function noWayBack(engine: Engine, service: string): string {
  const { accepted, stable } = engine.deps.journal.service(service);
  if (accepted === undefined || stable === undefined) {
    return `Refused: no release of ${service} has been accepted before the present side, so there is nothing to go back to. \`/release ${service}\` moves it, \`/release-status ${service}\` shows where it stands.`;
  }
  const { side } = accepted;
  const other = otherSide(side);
  const stands = engine.openRelease(service) === undefined ? 'is on' : 'goes to';
  return `Refused: ${whyStable(engine, service, side, stable)}. ${service} ${stands} ${side}, which is stable, so there is nothing to take back. To move it to ${other} ask with \`/release ${service} ${other}\`; that needs its approval.`;
}

function whyStable({ deps }: Engine, service: string, side: Side, stable: Stable): string {
  switch (stable.kind) {
    case 'taken_back':
      return `@${stable.by} took ${service} back to ${side} at ${stable.at} (${stable.release})`;
    case 'named':
      return `@${stable.by} named ${side} for ${service} at ${stable.at} (${stable.release})`;
    case 'begun': {
      const release = deps.journal.release(stable.release);
      const how =
        release?.ended === undefined
          ? ''
          : ` (${stateTitle(release.state)} at ${release.ended.at}${byPerson(release.ended.by)})`;
      return `${stable.release} was to move ${service} to ${otherSide(side)} and did not stay there${how}`;
    }
    default:
      return unreachable(stable);
  }
}

/** A machine's act is told by its state. */
function byPerson(who: Actor): string {
  return who.startsWith('system:') ? '' : ` by @${who}`;
}
