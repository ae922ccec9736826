import type { Draft } from '../../../release/journal-entry.ts';
import type { ServersRelease } from '../../../release/release.ts';
import { stateTitle } from '../../../release/states.ts';
import { typed } from '../../../release/typed.ts';
import type { Engine } from '../../engine.ts';
import { type Answer, answerTo, type By, refuse } from '../answer.ts';
import { endUntouched, isUntouched } from '../end-untouched.ts';
import type { TakeBackAsk } from '../old-side.ts';
import { rowOf } from '../row-of.ts';
import { askSecondPerson } from '../second-person.ts';

/** Ends a release of single servers: what it has out is put back. Before the first write it is cancelled. */
export function abortServers(
  engine: Engine,
  release: ServersRelease,
  ask: TakeBackAsk,
  by: By,
): Answer | Promise<Answer> {
  const refusal = whyNotBack(release);
  if (refusal !== undefined) return refuse(refusal);
  if (isUntouched(release)) return cancelUntouched(engine, release, ask, by);
  const second = askSecondPerson(engine, release, ask, by);
  if (second !== undefined) return second;
  const row = rowOf(release, by, goingBack(ask, by));
  const appended = engine.deps.journal.append([row], by.origin.request);
  const { id } = release;
  engine.interrupt(id);
  return answerTo(appended, `${id} ends: what it has out is being put back on every node.`, id);
}

function whyNotBack({ id, ended, state, goingBack, service }: ServersRelease): string | undefined {
  if (ended !== undefined) {
    return `Refused: ${id} has ended already (${stateTitle(state)}): ${ended.sentence} \`/release drain|maint|ready ${service} <server>\` sets single servers.`;
  }
  return goingBack === undefined ? undefined : `${id} is going back already: ${goingBack.why}`;
}

function cancelUntouched(
  engine: Engine,
  release: ServersRelease,
  ask: TakeBackAsk,
  by: By,
): Promise<Answer> {
  const sentence = `Cancelled by @${by.actor} before anything was written${reasonOf(ask)}.`;
  const text = `${release.id} is cancelled; nothing had been written.`;
  return endUntouched(engine, release, { state: 'cancelled', sentence, text }, by);
}

function goingBack(ask: TakeBackAsk, { actor, membership }: By): Draft['what'] {
  return {
    kind: 'going_back',
    end: 'aborted',
    why: `Taken back by @${actor}${reasonOf(ask)}.`,
    ...(membership === undefined ? {} : { membership }),
  };
}

function reasonOf({ because }: TakeBackAsk): string {
  return because === undefined ? '' : `: ${typed(because)}`;
}
