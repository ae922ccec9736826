import type { Clock } from '../engine/ports.ts';
import { Lane } from './lane.ts';
import type { Reach } from './reach.ts';
import type { SlackProblem } from './slack-problem.ts';

const closedChannelMs = 30_000;

/** The lanes of all channels: each rests by itself, and readiness is told why. */
export class Lanes {
  readonly #clock: Clock;
  readonly #reach: Reach;
  readonly #lanes = new Map<string, Lane>();
  readonly #refusals = new Map<string, number>();

  constructor(clock: Clock, reach: Reach) {
    this.#clock = clock;
    this.#reach = reach;
  }

  isOpen(channel: string): boolean {
    return this.#lane(channel).restMs === 0;
  }

  /** How long each resting lane still rests, milliseconds. */
  rests(): readonly number[] {
    return [...this.#lanes.values()].map(({ restMs }) => restMs).filter((ms) => ms > 0);
  }

  /** How often Slack refused to post to this channel until a person changes something. */
  refusals(channel: string): number {
    return this.#refusals.get(channel) ?? 0;
  }

  /** Tries a channel again that was shut: a person may have opened it since. */
  tryAgain(channel: string): void {
    if (this.#reach.has(`channel ${channel}`)) this.#lane(channel).succeed();
  }

  told(channel: string): void {
    this.#lane(channel).succeed();
    this.#reach.holds('posting');
    this.#reach.holds(`channel ${channel}`);
  }

  failed(channel: string, problem: SlackProblem): void {
    const lane = this.#lane(channel);
    switch (problem.kind) {
      case 'gone':
        return;
      case 'later':
        lane.fail(problem.afterMs);
        // To be asked to slow down is not to be out of reach.
        if (problem.afterMs === undefined) this.#reach.fails('posting', problem.why);
        return;
      case 'token':
        this.#refuse(channel);
        lane.fail(closedChannelMs);
        this.#reach.fails('posting', `Nothing can be posted: ${problem.why}.`);
        return;
      default:
        this.#refuse(channel);
        lane.fail(closedChannelMs);
        this.#reach.fails(
          `channel ${channel}`,
          `Nothing can be posted to #${channel}: ${problem.why}.`,
        );
    }
  }

  #refuse(channel: string): void {
    this.#refusals.set(channel, this.refusals(channel) + 1);
  }

  #lane(channel: string): Lane {
    const lane = this.#lanes.get(channel) ?? new Lane(this.#clock);
    this.#lanes.set(channel, lane);
    return lane;
  }
}
