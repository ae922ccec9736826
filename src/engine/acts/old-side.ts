import type { NodeReading } from '../../release/reading.ts';
import type { SideTarget } from '../../release/target.ts';
import type { Side } from '../../release/vocabulary.ts';
import { canTake } from '../fleet.ts';
import type { Route } from '../ports.ts';

/** Why a person takes a service back, and whether in spite of a side without servers. */
export interface TakeBackAsk {
  readonly because?: string;
  /** Also where the old side has no healthy server. */
  readonly override?: boolean;
}

/** The one thing that stops going back: nowhere to go. Nodes that do not answer do not count against it. */
export function refuseWithoutServers(
  readings: readonly NodeReading[],
  { route, target }: { readonly route: Route; readonly target: SideTarget },
  to: Side,
  ask: TakeBackAsk,
  service: string,
): string | undefined {
  if (ask.override === true) return undefined;
  const canPrepare = route.prepare !== undefined;
  const dead = readings.filter((r) => r.kind === 'reached' && !canTake(r.sides[to], canPrepare));
  if (dead.length === 0) return undefined;
  return `Refused: no server of ${target.sides[to]} is healthy on ${dead.map(({ node }) => node).join(', ')}, so going back to ${to} would answer 503. Start ${to} first, or an operator goes anyway with \`/rollback ${service} override because <reason>\`.`;
}
