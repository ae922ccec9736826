import type { ServerHeld } from '../../../../engine/ports.ts';
import type { Held } from '../../../../release/reading.ts';
import { otherSide, type Side, sides } from '../../../../release/vocabulary.ts';

type Servers = Readonly<Record<Side, readonly ServerHeld[]>>;

/**
 * The side that gets new users: all of its servers are ready, all of the other's are in drain or maintenance, as a hand
 * set them. What a check says changes nothing of that.
 */
export function heldSide(servers: Servers): Held {
  const whole = sides.find(
    (side) => servers[side].every(isReady) && !servers[otherSide(side)].some(isReady),
  );
  if (whole !== undefined) return { kind: 'side', side: whole };
  const all = [...servers.blue, ...servers.green];
  return { kind: 'between', words: all.map(({ name, state }) => `${name} ${state}`).join(', ') };
}

function isReady({ state }: ServerHeld): boolean {
  return state === 'ready';
}
