import type { Service } from '../config/config.ts';
import { abortServers } from '../engine/acts/servers/abort-servers.ts';
import { askServers } from '../engine/acts/servers/ask-servers.ts';
import { planServers } from '../engine/acts/servers/plan-servers.ts';
import { goOnServers } from '../engine/acts/servers/reapply-servers.ts';
import { digestOf } from '../release/digest.ts';
import { isServersRelease, type ServersRelease } from '../release/release.ts';
import { serversStepSentence } from '../release/servers-step-sentence.ts';
import { hasSides, type ServersTarget } from '../release/target.ts';
import { serverName } from '../release/vocabulary.ts';
import type { CommandOf, Reply } from './command.ts';
import { findService, type Room, refusedReply, replyOf } from './room.ts';

/** `/release drain|maint|ready <service> <server>`: one server's state, on every node. */
export async function setServer(
  room: Room,
  command: CommandOf<'drain' | 'maint' | 'ready'>,
): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  const { target } = service;
  if (hasSides(target)) {
    return refusedReply(
      `Refused: ${service.name} moves between two sides (route ${target.kind}), not by single servers. \`/release ${service.name}\` moves it.`,
    );
  }
  const { kind: state, server, because } = command;
  const wanted = { kind: 'state', settings: [{ server, state }] } as const;
  const reason = because === undefined ? {} : { because };
  return replyOf(await askServers(room.engine, { service, target, wanted, ...reason }, room.by));
}

/** `/release <service>` where it has no sides: every server in turn. */
export async function rollServers(
  room: Room,
  service: Service,
  target: ServersTarget,
  command: CommandOf<'release'>,
): Promise<Reply> {
  const refusal = sideRefusal(service, command);
  if (refusal !== undefined) return refusedReply(refusal);
  const { because, override } = command;
  const ask = {
    service,
    target,
    wanted: rolling(command),
    ...(because === undefined ? {} : { because }),
    ...(override === undefined ? {} : { override }),
  };
  return replyOf(await askServers(room.engine, ask, room.by));
}

/** `/release plan <service>` of the same. */
export async function planRolling(
  room: Room,
  service: Service,
  target: ServersTarget,
  command: CommandOf<'plan'>,
): Promise<Reply> {
  const refusal = sideRefusal(service, command);
  if (refusal !== undefined) return refusedReply(refusal);
  const planned = await planServers(room.engine, service, target, rolling(command));
  if (planned.kind === 'refused') return refusedReply(planned.text);
  const { plan } = planned;
  const sentences = plan.steps.map((step) => serversStepSentence(step, plan));
  return { kind: 'plan', plan, digest: digestOf(plan), sentences };
}

type Asked = CommandOf<'release'> | CommandOf<'plan'>;

function rolling({ version }: Asked) {
  return { kind: 'rolling', ...(version === undefined ? {} : { version }) } as const;
}

function sideRefusal({ name }: Service, { side }: Asked): string | undefined {
  if (side === undefined) return undefined;
  return `Refused: ${name} has no sides, its servers are taken in turn. \`/release ${name}\` takes them all, \`/release drain|maint|ready ${name} <server>\` sets one.`;
}

/** `Re-apply` after a reload: every server gets the state that it should have, again. */
export async function reapplyServers(
  room: Room,
  service: Service,
  target: ServersTarget,
): Promise<Reply> {
  const { servers } = room.engine.deps.journal.service(service.name);
  const desired = Object.entries(servers?.desired ?? {});
  if (desired.length === 0) {
    return refusedReply(
      `Refused: no server of ${service.name} was ever set, so there is nothing to re-apply.`,
    );
  }
  // What comes in comes first: so that a healthy one stays whenever another goes out.
  const settings = desired
    .map(([name, state]) => ({ server: serverName(name), state }))
    .sort((a, b) => Number(b.state === 'ready') - Number(a.state === 'ready'));
  const wanted = { kind: 'state', settings, again: true } as const;
  const ask = { service, target, wanted, because: 'Re-apply' };
  return replyOf(await askServers(room.engine, ask, room.by));
}

/** What has no sides is neither adopted, nor rolled back, nor settled on one. */
export function withoutSides({ name }: Service): Reply {
  return refusedReply(
    `Refused: ${name} has no sides to go to. An open release of it is taken back with \`/release abort ${name}\`; \`/release drain|maint|ready ${name} <server>\` sets single servers, and another version is a release of its own.`,
  );
}

/** `/rollback <service>`: of an open release only. */
export async function takeBackServers(
  room: Room,
  service: Service,
  because: string | undefined,
): Promise<Reply> {
  const open = room.engine.openRelease(service.name);
  if (open === undefined || !isServersRelease(open)) return withoutSides(service);
  if (open.state === 'awaiting_approval') {
    return refusedReply(
      `Refused: ${open.id}, asked for by @${open.requester}, waits for its approval and has taken nothing out, so there is nothing to put back. \`/release cancel ${open.id}\` ends that request.`,
    );
  }
  return abortOfServers(room, open, because);
}

/** `Roll back` and `/release abort`: what is out is put back. */
export async function abortOfServers(
  { engine, by }: Room,
  release: ServersRelease,
  because: string | undefined,
): Promise<Reply> {
  return replyOf(await abortServers(engine, release, because === undefined ? {} : { because }, by));
}

/** `Re-apply` on a release that stopped. */
export function goOn({ engine, by }: Room, release: ServersRelease): Reply {
  return replyOf(goOnServers(engine, release, by));
}
