import { typed } from '../release/typed.ts';
import { shortVersion } from '../release/version.ts';
import type { CommandOf, Reply } from './command.ts';
import { findService, type Room, refusedReply } from './room.ts';

/** Rows of one answer: Slack's data table takes 100. */
const rowsAtOnce = 100;

/** `/status history …`: the audit query. A service that is no longer configured still has its history. */
export function history(room: Room, command: CommandOf<'history'>): Reply {
  const found = room.past.history({
    ...(command.service === undefined ? {} : { service: command.service }),
    ...(command.since === undefined ? {} : { sinceIso: command.since.toISOString() }),
    ...(command.by === undefined ? {} : { actor: command.by }),
    limit: rowsAtOnce + 1,
  });
  return {
    kind: 'history',
    rows: found.slice(0, rowsAtOnce),
    more: found.length > rowsAtOnce,
    timezone: room.asker.timezone,
    asked: askedWords(command),
  };
}

function askedWords({ service, since, by }: CommandOf<'history'>): string {
  return [
    service ?? 'all services',
    ...(since === undefined ? [] : [`since ${since.toISOString()}`]),
    ...(by === undefined ? [] : [`by @${by}`]),
  ].join(', ');
}

/** `/status at <time> <service>`: which side was live then, and by whose hand. */
export function at(room: Room, command: CommandOf<'at'>): Reply {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  const iso = command.time.toISOString();
  if (command.time.getTime() > Date.parse(room.engine.deps.clock.now().at)) {
    return refusedReply(`Refused: ${iso} is still to come; the journal knows the past only.`);
  }
  const live = room.past.liveAt(service.name, iso);
  return {
    kind: 'at',
    service: service.name,
    time: iso,
    timezone: room.asker.timezone,
    ...(live === undefined ? {} : { live }),
    sentence:
      live === undefined
        ? `The journal knows nothing of ${service.name} at ${iso}: its first row is younger.`
        : `At ${iso} ${service.name} was on ${live.side}${live.version === undefined ? '' : ` (${typed(shortVersion(live.version))})`}, by @${live.by} since ${live.at}${live.release === undefined ? '' : ` with ${live.release}`} (journal #${live.seq}).`,
  };
}
