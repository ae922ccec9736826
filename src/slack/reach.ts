import type { Clock } from '../engine/ports.ts';
import type { Instant } from '../release/journal-entry.ts';

/** Whether Slack can be talked to, since when, and in sentences why not. */
export interface Reached {
  readonly ok: boolean;
  /** ISO; when the present state began. */
  readonly since: string;
  readonly why: readonly string[];
}

/** A part of the way to Slack: its API, the socket, the posting of messages, or one channel. */
export type Part = 'api' | 'socket' | 'posting' | `channel ${string}`;

interface Trouble {
  readonly since: Instant;
  readonly why: string;
}

/** Keeps which parts of the way to Slack fail, and since when. */
export class Reach {
  readonly #clock: Clock;
  readonly #trouble = new Map<Part, Trouble>();
  #changed: Instant;

  constructor(clock: Clock, parts: readonly Part[]) {
    this.#clock = clock;
    this.#changed = clock.now();
    for (const part of parts) this.fails(part, 'Slack has not been reached since the start.');
  }

  holds(part: Part): void {
    if (this.#trouble.delete(part) && this.#trouble.size === 0) this.#changed = this.#clock.now();
  }

  /** The first failure of a row keeps its time; the newest says why. */
  fails(part: Part, why: string): void {
    const now = this.#clock.now();
    if (this.#trouble.size === 0) this.#changed = now;
    this.#trouble.set(part, { since: this.#trouble.get(part)?.since ?? now, why });
  }

  /** True while this part fails. */
  has(part: Part): boolean {
    return this.#trouble.has(part);
  }

  now(): Reached {
    return {
      ok: this.#trouble.size === 0,
      since: this.#changed.at,
      why: [...new Set([...this.#trouble.values()].map(({ why }) => why))],
    };
  }

  /** Why people of this channel cannot be told or heard; none where they can. */
  whyAway(channel: string): readonly string[] {
    return [...new Set(this.#ofChannel(channel).map(({ why }) => why))];
  }

  /** For how many milliseconds people of this channel could not be told or heard; 0 = they can. */
  awayMs(channel: string): number {
    const now = this.#clock.now().mono;
    return Math.max(0, ...this.#ofChannel(channel).map(({ since }) => now - since.mono));
  }

  #ofChannel(channel: string): readonly Trouble[] {
    return [...this.#trouble]
      .filter(([part]) => !part.startsWith('channel ') || part === `channel ${channel}`)
      .map(([, trouble]) => trouble);
  }
}
