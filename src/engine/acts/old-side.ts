import { joined } from '../../release/joined.ts';
import { type NodeReading, partsOf } from '../../release/reading.ts';
import { canTake, unfitWords } from '../../release/server-fitness.ts';
import type { SideTarget } from '../../release/target.ts';
import type { Side } from '../../release/vocabulary.ts';

/** Why a person takes a service back, and whether in spite of a side without servers. */
export interface TakeBackAsk {
  readonly because?: string;
  /** Also where the old side has no healthy server. */
  readonly override?: boolean;
}

/** The one thing that stops going back: nowhere to go. Nodes that do not answer do not count against it. */
export function refuseWithoutServers(
  readings: readonly NodeReading[],
  target: SideTarget,
  to: Side,
  ask: TakeBackAsk,
  service: string,
): string | undefined {
  if (ask.override === true) return undefined;
  const dead = readings.filter((r) => r.kind === 'reached' && !canTake(r.sides[to]));
  if (dead.length === 0) return undefined;
  const nodes = dead.map(({ node }) => node).join(', ');
  const [first] = dead;
  const why = first?.kind === 'reached' ? partsOf(first.sides[to]).flatMap(unfitWords) : [];
  const words = why.length === 0 ? '' : ` (${first?.node}: ${joined(why)})`;
  return `Refused: no server of ${target.sides[to]} is healthy on ${nodes}, so going back to ${to} would answer 503${words}. Start ${to} first, or an operator goes anyway with \`/rollback ${service} override because <reason>\`.`;
}
