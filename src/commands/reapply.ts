import { abort } from '../engine/acts/abort.ts';
import { adopt } from '../engine/acts/adopt.ts';
import { answerTo, refuse } from '../engine/acts/answer.ts';
import { rowOf } from '../engine/acts/row-of.ts';
import {
  isServersRelease,
  type Release,
  type SideRelease,
  sideRelease,
} from '../release/release.ts';
import { hasSides } from '../release/target.ts';
import type { Side } from '../release/vocabulary.ts';
import type { CommandOf, Reply } from './command.ts';
import { findService, type Room, refusedReply, replyOf } from './room.ts';
import { goOn, reapplyServers, withoutSides } from './single-servers.ts';

/** `Re-apply`: every node gets the side it should have, again. */
export async function reapply(room: Room, { of }: CommandOf<'reapply'>): Promise<Reply> {
  const open = openOf(room, of);
  if (open !== undefined && isServersRelease(open)) return goOn(room, open);
  if (open !== undefined) return reapplyOpen(room, sideRelease(open));
  const service = findService(room, serviceOf(room, of));
  if (typeof service === 'string') return refusedReply(service);
  if (!hasSides(service.target)) return reapplyServers(room, service, service.target);
  const { switchedTo } = room.engine.deps.journal.service(service.name);
  if (switchedTo === undefined) {
    return refusedReply(
      `Refused: no side of ${service.name} was ever switched to, so there is nothing to re-apply.`,
    );
  }
  return replyOf(await adopt(room.engine, service, switchedTo, 'Re-apply', room.by));
}

/** `Accept blue`, `Accept green`: the side that nodes fell back to is the one to stay on. */
export async function acceptSide(
  room: Room,
  { of, side }: CommandOf<'accept_side'>,
): Promise<Reply> {
  const open = openOf(room, of);
  if (open !== undefined && isServersRelease(open)) return refusedReply(noChoice(open));
  if (open !== undefined) return acceptSideOfOpen(room, sideRelease(open), side);
  const service = findService(room, serviceOf(room, of));
  if (typeof service === 'string') return refusedReply(service);
  if (!hasSides(service.target)) return withoutSides(service);
  return replyOf(await adopt(room.engine, service, side, `Accept ${side}`, room.by));
}

async function acceptSideOfOpen(room: Room, open: SideRelease, side: Side): Promise<Reply> {
  if (open.attention?.choice === undefined || open.state !== 'needs_attention') {
    return refusedReply(noChoice(open));
  }
  if (isOnlyHook(open)) return leaveHook(room, open, side);
  if (side === open.plan.to) return reapplyOpen(room, open);
  return replyOf(await abort(room.engine, open, { because: `Accept ${side}` }, room.by));
}

function reapplyOpen(room: Room, open: SideRelease): Reply {
  if (open.state !== 'needs_attention' || open.attention?.choice === undefined) {
    return replyOf(refuse(noChoice(open)));
  }
  if (open.settling !== undefined) return replyOf(refuse(beingSettled(open, open.settling)));
  const { engine, by } = room;
  const appended = engine.deps.journal.append(
    [rowOf(open, by, { kind: 'reapply_asked' })],
    by.origin.request,
  );
  engine.interrupt(open.id);
  return replyOf(
    answerTo(
      appended,
      open.attention.asks === 'hook'
        ? `The hook of ${open.id} that nobody saw the end of is run again.`
        : `${open.plan.to} is being written again on the nodes of ${open.id}.`,
      open.id,
    ),
  );
}

/** The traffic is where it shall stay, and only the end of a hook is in doubt. */
function isOnlyHook({ attention, goingBack, acceptedBy }: SideRelease): boolean {
  return attention?.asks === 'hook' && (goingBack !== undefined || acceptedBy !== undefined);
}

/** A person has looked and lets the hook be: the release ends where its nodes are. */
function leaveHook({ engine, by }: Room, open: SideRelease, side: Side): Reply {
  const { choice } = open.attention ?? {};
  if (choice?.accept !== side) return replyOf(refuse(noChoice(open)));
  const appended = engine.deps.journal.append(
    [rowOf(open, by, { kind: 'settling', side, reason: `Accept ${side}`, foreign: 'kept' })],
    by.origin.request,
  );
  engine.interrupt(open.id);
  return replyOf(answerTo(appended, `${open.id} stays on ${side}, its hook as it is.`, open.id));
}

function noChoice(open: Release): string {
  return `Refused: no node of ${open.id} has fallen back just now, so there is nothing to choose. \`/release-status ${open.service}\` shows where it stands.`;
}

function beingSettled({ id }: Release, { side, by }: NonNullable<Release['settling']>): string {
  return `Refused: ${id} is being settled on ${side} by @${by}. An operator names another side with \`/release settle ${id} blue|green because <reason>\`.`;
}

function openOf(room: Room, of: string): Release | undefined {
  const named = room.engine.deps.journal.release(of);
  return room.engine.openRelease(named?.service ?? of);
}

function serviceOf(room: Room, of: string): string {
  return room.engine.deps.journal.release(of)?.service ?? of;
}
