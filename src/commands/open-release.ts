import { adopt } from '../engine/acts/adopt.ts';
import { askRelease, finishRelease, planRelease } from '../engine/acts/ask-release.ts';
import { rollback } from '../engine/acts/rollback.ts';
import { planSentences } from '../release/plan-sentences.ts';
import { hasSides } from '../release/target.ts';
import type { CommandOf, Reply } from './command.ts';
import { findService, type Room, refusedReply, replyOf } from './room.ts';
import { planRolling, rollServers, takeBackServers, withoutSides } from './single-servers.ts';

/** `/release <service> …`: opens a release. */
export async function release(room: Room, command: CommandOf<'release'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  const { target } = service;
  if (!hasSides(target)) return rollServers(room, service, target, command);
  return replyOf(await askRelease(room.engine, { ...asked(command), service }, room.by));
}

/** `/release plan <service> …`: what a release would do; nothing is written. */
export async function plan(room: Room, command: CommandOf<'plan'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  const { target } = service;
  if (!hasSides(target)) return planRolling(room, service, target, command);
  const planned = await planRelease(room.engine, { ...asked(command), service });
  if (planned.kind === 'refused') return refusedReply(planned.text);
  return {
    kind: 'plan',
    plan: planned.plan,
    digest: planned.digest,
    sentences: planSentences(planned.plan, planned.power),
  };
}

/** `/release finish <service>`: the other side gets the same version, and the traffic. */
export async function finish(room: Room, command: CommandOf<'finish'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  if (!hasSides(service.target)) return withoutSides(service);
  return replyOf(await finishRelease(room.engine, { ...reasons(command), service }, room.by));
}

/** `/rollback <service>`: to stable, at once. */
export async function takeBack(room: Room, command: CommandOf<'rollback'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  if (!hasSides(service.target)) return takeBackServers(room, service, command.because);
  return replyOf(await rollback(room.engine, service, reasons(command), room.by));
}

/** `/release adopt <service> <side> because …`: makes every node alike. */
export async function adoptSide(room: Room, command: CommandOf<'adopt'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  if (!hasSides(service.target)) return withoutSides(service);
  return replyOf(await adopt(room.engine, service, command, room.by));
}

function asked(command: CommandOf<'release'> | CommandOf<'plan'>) {
  const { side, version } = command;
  return {
    ...(side === undefined ? {} : { side }),
    ...(version === undefined ? {} : { version }),
    ...reasons(command),
  };
}

function reasons({
  because,
  override,
}: {
  readonly because?: string;
  readonly override?: boolean;
}) {
  return {
    ...(because === undefined ? {} : { because }),
    ...(override === undefined ? {} : { override }),
  };
}
