import { abort } from '../engine/acts/abort.ts';
import { acknowledgeJournal } from '../engine/acts/acknowledge-journal.ts';
import {
  accept,
  approve,
  cancel,
  decideSessions,
  setHold,
  settleOn,
} from '../engine/acts/decide.ts';
import { isServersRelease, type Release, sideRelease } from '../release/release.ts';
import type { CommandOf, Reply } from './command.ts';
import { takeBack } from './open-release.ts';
import { findRelease, findService, type Room, refusedReply, replyOf } from './room.ts';
import { abortOfServers } from './single-servers.ts';

type Word = 'accept' | 'cancel' | 'approve' | 'wait' | 'shut_down_sessions';

/** `Approve`, `Accept`, `Cancel`, `Wait`, `Shut down sessions`: a word on an open release. */
export async function decide(room: Room, command: CommandOf<Word>): Promise<Reply> {
  const release = findRelease(room, command.of);
  if (typeof release === 'string') return refusedReply(release);
  return replyOf(await decideOn(room, release, command));
}

function decideOn({ engine, by, standing }: Room, release: Release, command: CommandOf<Word>) {
  switch (command.kind) {
    case 'approve':
      return approve(engine, release, by, command.seen);
    case 'accept':
      return accept(engine, release, by, command.because);
    case 'wait':
    case 'shut_down_sessions':
      return decideSessions(engine, release, command.kind, by);
    default:
      return cancel(
        engine,
        release,
        by,
        {
          operator: standing.roles.has('operator'),
          approver: standing.roles.has('approver'),
          releaser: standing.roles.has('releaser'),
        },
        command.because,
      );
  }
}

/** `/release abort`, and `Roll back` on the message: back to stable, also where only the drain is left. */
export async function abortRelease(room: Room, command: CommandOf<'abort'>): Promise<Reply> {
  const release = findRelease(room, command.of);
  if (typeof release === 'string') return refusedReply(release);
  if (isServersRelease(release)) return abortOfServers(room, release, command.because);
  if (release.state === 'draining') {
    return takeBack(room, { kind: 'rollback', service: release.service, ...reason(command) });
  }
  return replyOf(await abort(room.engine, sideRelease(release), reason(command), room.by));
}

function reason({ because }: { readonly because?: string }): { readonly because?: string } {
  return because === undefined ? {} : { because };
}

/** `/release settle <release> <side> because …` */
export function settle(room: Room, command: CommandOf<'settle'>): Reply {
  const release = findRelease(room, command.release);
  if (typeof release === 'string') return refusedReply(release);
  if (isServersRelease(release)) return refusedReply(noSidesToSettle(release));
  return replyOf(settleOn(room.engine, release, command.side, command.because, room.by));
}

function noSidesToSettle({ id, service }: Release): string {
  return `Refused: ${id} moves single servers and has no side to settle on. \`/release abort ${id}\` puts back what it has out; \`/release-status ${service}\` shows every server.`;
}

/** `/release lock|unlock <service> because …`, and `unlock journal` after a proof that found something. */
export function hold(room: Room, command: CommandOf<'lock' | 'unlock'>): Reply {
  if (command.kind === 'unlock' && command.service === 'journal') {
    return replyOf(acknowledgeJournal(room.engine, command.because, room.by));
  }
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  return replyOf(
    setHold(room.engine, service.name, command.kind === 'lock', command.because, room.by),
  );
}
