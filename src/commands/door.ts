import type { Engine } from '../engine/engine.ts';
import { type Deed, judge, readingFor } from '../policy/judge.ts';
import { hasSides } from '../release/target.ts';
import { unreachable } from '../release/vocabulary.ts';
import { asTyped } from './as-typed.ts';
import type { Ask, Asker, Command, Reply } from './command.ts';
import { abortRelease, decide, hold, settle } from './decide-release.ts';
import { adoptSide, finish, plan, release, takeBack } from './open-release.ts';
import { helpLines } from './parse.ts';
import { at, history } from './past.ts';
import { acceptSide, reapply } from './reapply.ts';
import type { Past, Room } from './room.ts';
import { setServer } from './single-servers.ts';
import { status } from './status.ts';

export interface DoorDeps {
  readonly engine: Engine;
  readonly past: Past;
}

/** The one door for every face: who asks, may they, do it; every refusal becomes a row. Never rejects. */
export function openDoor(deps: DoorDeps): Ask {
  return async (command, asker) => {
    try {
      if (isCopy(deps, asker)) return { kind: 'silent' };
      const reply = await askOnce(deps, command, asker);
      if (reply.kind === 'refused') journalRefusal(deps, command, asker, reply.text);
      return reply;
    } catch (error) {
      deps.engine.deps.reportError(error, `answering ${asTyped(command)}`);
      return { kind: 'malfunction', text: malfunctionText(error) };
    }
  };
}

/**
 * A delivery that had its effect, perhaps before a restart: judged by what has become of that, its copy would be
 * refused aloud. A journal that cannot be read keeps nobody from going back; its append knows copies, too.
 */
function isCopy({ past, engine }: DoorDeps, { request }: Asker): boolean {
  if (request === undefined) return false;
  try {
    return past.seen(request);
  } catch (error) {
    engine.deps.reportError(error, 'looking for an earlier copy');
    return false;
  }
}

async function askOnce(deps: DoorDeps, command: Command, asker: Asker): Promise<Reply> {
  if (asker.refusal !== undefined) return { kind: 'refused', text: asker.refusal };
  const { standingOf } = deps.engine.deps;
  const deeds = deedsOf(deps, command);
  const isPower = deeds.some((deed) => readingFor(deed) === 'fresh');
  const known = await standingOf(asker.actor, isPower ? 'fresh' : 'recent');
  const standing = asker.foreign ? { ...known, foreign: true } : known;
  let membership: string | undefined;
  for (const deed of deeds) {
    const verdict = judge(deed, standing);
    if (verdict.kind === 'refused') return { kind: 'refused', text: verdict.sentence };
    membership ??= verdict.membership;
  }
  const by = {
    actor: asker.actor,
    origin: originOf(asker),
    ...(membership === undefined ? {} : { membership }),
  };
  return answer({ ...deps, asker, standing, by }, command);
}

function deedsOf(deps: DoorDeps, command: Command): readonly Deed[] {
  if (isOfServers(deps, command)) return ['turn_server'];
  const overrides = 'override' in command && command.override === true;
  // Going against a gate or a hold is an operator's deed, whatever else the command is.
  return overrides ? ['override'] : [command.kind];
}

/** `Re-apply` and `Roll back` on what an operator set, or on what a reload let in again. */
function isOfServers({ engine }: DoorDeps, command: Command): boolean {
  if (command.kind !== 'reapply' && command.kind !== 'abort') return false;
  const { journal, config } = engine.deps;
  const release = journal.release(command.of) ?? engine.openRelease(command.of);
  if (release !== undefined) return release.plan.kind === 'state';
  const service = config.services.get(command.of);
  return service !== undefined && !hasSides(service.target);
}

function answer(room: Room, command: Command): Reply | Promise<Reply> {
  switch (command.kind) {
    case 'release':
      return release(room, command);
    case 'plan':
      return plan(room, command);
    case 'finish':
      return finish(room, command);
    case 'rollback':
      return takeBack(room, command);
    case 'adopt':
      return adoptSide(room, command);
    case 'abort':
      return abortRelease(room, command);
    case 'approve':
    case 'accept':
    case 'cancel':
    case 'wait':
    case 'shut_down_sessions':
      return decide(room, command);
    case 'settle':
      return settle(room, command);
    case 'reapply':
      return reapply(room, command);
    case 'drain':
    case 'maint':
    case 'ready':
      return setServer(room, command);
    case 'accept_side':
      return acceptSide(room, command);
    case 'lock':
    case 'unlock':
      return hold(room, command);
    default:
      return answerQuestion(room, command);
  }
}

type Question = Extract<Command, { kind: 'status' | 'history' | 'at' | 'help' }>;

function answerQuestion(room: Room, command: Question): Reply | Promise<Reply> {
  switch (command.kind) {
    case 'status':
      return status(room, command);
    case 'history':
      return history(room, command);
    case 'at':
      return at(room, command);
    case 'help':
      return {
        kind: 'help',
        topic: command.topic,
        lines: helpLines(command.topic, room.engine.deps.config),
      };
    default:
      return unreachable(command);
  }
}

function originOf({ team, channel, message, request }: Asker) {
  return {
    ...(team === undefined ? {} : { team }),
    ...(channel === undefined ? {} : { channel }),
    ...(message === undefined ? {} : { message }),
    ...(request === undefined ? {} : { request }),
  };
}

/** A journal that cannot be written must not keep the person from reading why they were refused. */
function journalRefusal(deps: DoorDeps, command: Command, asker: Asker, sentence: string): void {
  const { journal, reportError } = deps.engine.deps;
  const { release: named, service } = subjectOf(deps, command);
  // No row of a release follows its end: what was asked names it all the same.
  const id = named !== undefined && journal.release(named)?.ended === undefined ? named : undefined;
  try {
    journal.append([
      {
        actor: asker.actor,
        origin: originOf(asker),
        ...(id === undefined ? {} : { release: id }),
        ...(service === undefined ? {} : { service }),
        what: { kind: 'refused', asked: asTyped(command), sentence },
      },
    ]);
  } catch (error) {
    reportError(error, 'journaling a refusal');
  }
}

function subjectOf(deps: DoorDeps, command: Command) {
  if ('service' in command && command.service !== undefined) return { service: command.service };
  const named = 'of' in command ? command.of : 'release' in command ? command.release : undefined;
  const found = named === undefined ? undefined : deps.engine.deps.journal.release(named);
  return found === undefined ? {} : { release: found.id, service: found.service };
}

function malfunctionText(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `Something went wrong, and it may not have been done: ${why} \`/release-status\` shows what holds; the log has the rest.`;
}
