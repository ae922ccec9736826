import type { Instant } from '../release/journal-entry.ts';
import type { SideTarget } from '../release/target.ts';
import { traitsOf } from '../release/target.ts';
import type { NodeName } from '../release/vocabulary.ts';
import { msSince } from './deadline.ts';
import type { Clock } from './ports.ts';

/** Since when nobody has used a side of a node, by its request count. */
export class SideUse {
  readonly #clock: Clock;
  /** How long without a request counts as left, milliseconds; undefined: the route's sessions move with the switch. */
  readonly #stayMs: number | undefined;
  readonly #last = new Map<NodeName, { readonly served: number; readonly since: Instant }>();

  constructor(clock: Clock, target: SideTarget) {
    this.#clock = clock;
    this.#stayMs = traitsOf(target).sessionsStayMs;
  }

  /** Notes a node's count; for how long nobody has used the side there, milliseconds. A count that falls is a reload: anew. */
  quietMs(node: NodeName, served: number | undefined): number {
    if (this.#stayMs === undefined || served === undefined) return Number.POSITIVE_INFINITY;
    const last = this.#last.get(node);
    if (last?.served === served) return msSince(this.#clock, last.since);
    this.#last.set(node, { served, since: this.#clock.now() });
    return 0;
  }

  /** True where the side has been quiet for as long as a user's session lives. */
  isLeft(quietMs: number): boolean {
    return quietMs >= (this.#stayMs ?? 0);
  }
}
