import type { Service } from '../config/config.ts';
import type { Answer, By } from '../engine/acts/answer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Standing } from '../engine/ports.ts';
import { neededApprovals } from '../policy/unknown-person.ts';
import type { Release } from '../release/release.ts';
import type { Accepted } from '../release/service-state.ts';
import type { Actor, ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { Asker, HistoryRow, Reply } from './command.ts';

/** What the journal can be asked about the past. */
export interface Past {
  /** True where a delivery of this identity has had its effect already. */
  seen(request: string): boolean;
  /** Newest first, at most `limit` rows. */
  history(ask: {
    readonly service?: ServiceName;
    readonly sinceIso?: string;
    readonly actor?: Actor;
    readonly limit: number;
  }): readonly HistoryRow[];
  /** The side that was live then; undefined where the journal knows nothing of that time. */
  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined;
}

/** What every command works with. */
export interface Room {
  readonly engine: Engine;
  readonly past: Past;
  readonly asker: Asker;
  readonly standing: Standing;
  readonly by: By;
}

/** The configured service of that name, with the approvals that the asker needs; or a sentence where there is none. */
export function findService(room: Room, name: ServiceName): Service | string {
  const { config } = room.engine.deps;
  const { services } = config;
  const service = services.get(name);
  if (service !== undefined) {
    const approvers = neededApprovals(config, service.approval, room.asker.actor);
    return { ...service, approval: { ...service.approval, approvers } };
  }
  const known = [...services.keys()];
  return `Refused: there is no service "${name}". ${known.length === 0 ? 'The configuration names none.' : `The configuration knows ${known.join(', ')}.`}`;
}

/** A release by its id, or the open one of a service; a sentence where there is none. */
export function findRelease(room: Room, of: ServiceName | ReleaseId): Release | string {
  const { journal, config } = room.engine.deps;
  // A service's open release is known without a look at the disk: that keeps the way back on a day when it is damaged.
  if (config.services.has(of)) {
    return (
      room.engine.openRelease(of) ??
      `Refused: ${of} has no open release. \`/release ${of}\` asks for one; \`/rollback ${of}\` takes the last accepted one back.`
    );
  }
  const byId = journal.release(of);
  if (byId !== undefined) return byId;
  return `Refused: there is no release or service "${of}". \`/release-status\` lists the services and what is open.`;
}

export function refusedReply(text: string): Reply {
  return { kind: 'refused', text };
}

/** An act's answer as the reply every face shows. */
export function replyOf(answer: Answer): Reply {
  switch (answer.kind) {
    case 'done':
      return answer;
    case 'refused':
      return answer;
    case 'duplicate':
      return { kind: 'silent' };
  }
}
