import { abort } from '../engine/acts/abort.ts';
import { answerTo, refuse } from '../engine/acts/answer.ts';
import { acceptDrifted, nodesWithoutServers, reapplyDrifted } from '../engine/acts/answer-drift.ts';
import { rowOf } from '../engine/acts/row-of.ts';
import { type Deed, judge } from '../policy/judge.ts';
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
  return replyOf(await reapplyDrifted(room.engine, service, room.by));
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
  const whyNot = (deed: 'rollback' | 'adopt') => whyMayNot(room, deed);
  return replyOf(await acceptDrifted(room.engine, service, side, room.by, whyNot));
}

async function acceptSideOfOpen(room: Room, open: SideRelease, side: Side): Promise<Reply> {
  if (open.attention?.choice === undefined || open.state !== 'needs_attention') {
    return refusedReply(noChoice(open));
  }
  const mayNot = whyMayNot(room, 'abort');
  if (mayNot !== undefined) return refusedReply(mayNot);
  if (isOnlyHook(open)) return leaveHook(room, open, side);
  if (side === open.plan.to) return reapplyHealthy(room, open);
  return replyOf(await abort(room.engine, open, { because: `Accept ${side}` }, room.by));
}

function whyMayNot({ standing }: Room, deed: Deed): string | undefined {
  const verdict = judge(deed, standing);
  return verdict.kind === 'refused' ? verdict.sentence : undefined;
}

/** Nobody is sent to a side without a server; the override is an operator's settlement. */
async function reapplyHealthy(room: Room, open: SideRelease): Promise<Reply> {
  const { target, to } = open.plan;
  const dead = await nodesWithoutServers(room.engine, target, to);
  if (dead === undefined) return reapplyOpen(room, open);
  return refusedReply(
    `Refused: no server of ${target.sides[to]} is healthy on ${dead}, so ${to} would answer 503 there. Start ${to} first, or an operator goes anyway with \`/release settle ${open.id} ${to} because <reason>\`.`,
  );
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
        ? hookWords(open)
        : `${open.plan.to} is being written again on the nodes of ${open.id}.`,
      open.id,
    ),
  );
}

function hookWords({ id, attention }: SideRelease): string {
  return attention?.users === undefined
    ? `The hook of ${id} that nobody saw the end of is run again.`
    : `The hook of ${id} runs, though others use that side.`;
}

/** The traffic is where it shall stay, and only a hook is in question. */
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
