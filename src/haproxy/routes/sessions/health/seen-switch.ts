import type { ServerHeld } from '../../../../engine/ports.ts';
import type { Held, ServerHealth } from '../../../../release/reading.ts';
import { otherSide, type Side, sides } from '../../../../release/vocabulary.ts';
import { drainedHealth } from '../one-backend/drained-health.ts';
import type { ApplicationState } from './state-of-application.ts';

/** What the application itself says of each server that HAProxy sends no new users to. */
export type StatesAsked = ReadonlyMap<string, ApplicationState>;

/**
 * How a node sees a server's application: `on` gets new users; `off` answers 404; `dead` answers nothing that counts;
 * `out` was taken out by a hand, so what its application says changes nothing.
 */
export type SeenSwitch = 'on' | 'off' | 'dead' | 'out';

/**
 * With `http-check disable-on-404` the status is `NOLB`, without it `DOWN`; so it is, too, for one that was down before
 * (measured on 2.6). While a check is under way its code is not shown: then the application's own word counts.
 */
export function seenSwitch(
  { state, word, check, name }: ServerHeld,
  asked: StatesAsked,
): SeenSwitch {
  if (state !== 'ready' || word === 'drain' || word === 'agent_drain') return 'out';
  if (word === 'up' || word === 'no_check') return 'on';
  if (word === 'nolb') return 'off';
  return check.endsWith(' 404') || asked.get(name) === 'off' ? 'off' : 'dead';
}

/**
 * The side whose applications are on: at least one of them, none of them off, and none of the other side on. One that
 * is dead or taken out says nothing.
 */
export function heldSwitch(
  servers: Readonly<Record<Side, readonly ServerHeld[]>>,
  asked: StatesAsked,
): Held {
  const seen = (side: Side) => servers[side].map((server) => seenSwitch(server, asked));
  const whole = sides.find(
    (side) =>
      seen(side).includes('on') &&
      !seen(side).includes('off') &&
      !seen(otherSide(side)).includes('on'),
  );
  if (whole !== undefined) return { kind: 'side', side: whole };
  const all = [...servers.blue, ...servers.green];
  const words = all.map((server) => `${server.name} ${seenSwitch(server, asked)}`).join(', ');
  return { kind: 'between', words };
}

/** A server whose application is off counts as healthy while it answers so itself: it would serve if it were told to. */
export function switchedHealth(server: ServerHeld, asked: StatesAsked): ServerHealth {
  const { state, word, health, check, name } = server;
  if (state === 'maint' || health === 'transitional') return health;
  const isOff = word === 'nolb' || (word === 'down' && seemsOff(check, asked.get(name)));
  if (!isOff) return drainedHealth(server);
  return (asked.get(name) ?? 'unknown') === 'unknown' ? 'down' : 'healthy';
}

function seemsOff(check: string, asked: ApplicationState | undefined): boolean {
  return check.endsWith(' 404') || asked === 'off';
}
