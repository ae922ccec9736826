import type { Draft } from '../../../release/journal-entry.ts';
import type { ServersRelease } from '../../../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../../../release/states.ts';
import { typed } from '../../../release/typed.ts';
import { msSince } from '../../deadline.ts';
import type { Engine } from '../../engine.ts';
import { type Answer, answerTo, type By, refuse } from '../answer.ts';
import type { TakeBackAsk } from '../old-side.ts';
import { rowOf } from '../row-of.ts';
import { askSecondPerson } from '../second-person.ts';

/** Ends a release of single servers: what it has out is put back. Before the first write it is cancelled. */
export function abortServers(
  engine: Engine,
  release: ServersRelease,
  ask: TakeBackAsk,
  by: By,
): Answer {
  const refusal = whyNotBack(release);
  if (refusal !== undefined) return refuse(refusal);
  const { id, state, servers } = release;
  const untouched = isBeforeSwitch(state) || (state === 'needs_attention' && servers === undefined);
  const second = untouched ? undefined : askSecondPerson(engine, release, ask, by);
  if (second !== undefined) return second;
  const what = untouched ? cancelled(engine, release, ask, by) : goingBack(ask, by);
  const appended = engine.deps.journal.append([rowOf(release, by, what)], by.origin.request);
  engine.interrupt(id);
  return answerTo(
    appended,
    untouched
      ? `${id} is cancelled; nothing had been written.`
      : `${id} ends: what it has out is being put back on every node.`,
    id,
  );
}

function whyNotBack({ id, ended, state, goingBack, service }: ServersRelease): string | undefined {
  if (ended !== undefined) {
    return `Refused: ${id} has ended already (${stateTitle(state)}): ${ended.sentence} \`/release drain|maint|ready ${service} <server>\` sets single servers.`;
  }
  return goingBack === undefined ? undefined : `${id} is going back already: ${goingBack.why}`;
}

function cancelled(
  engine: Engine,
  release: ServersRelease,
  ask: TakeBackAsk,
  { actor }: By,
): Draft['what'] {
  return {
    kind: 'ended',
    state: 'cancelled',
    sentence: `Cancelled by @${actor} before anything was written${reasonOf(ask)}.`,
    durationMs: Math.round(msSince(engine.deps.clock, release.requestedAt)),
  };
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
