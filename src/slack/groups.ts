import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Clock } from '../engine/ports.ts';
import type { Instant } from '../release/journal-entry.ts';
import { slackProblem } from './slack-problem.ts';

/** The members of one user group, as far as they can be known now. */
export type Membership =
  | {
      readonly kind: 'fresh' | 'old';
      readonly members: ReadonlySet<string>;
      /** ISO. */
      readonly readAt: string;
    }
  | { readonly kind: 'unreadable' };

interface Read {
  readonly members: ReadonlySet<string>;
  readonly at: Instant;
}

const freshMs = 5 * 60_000;
const keptMs = 24 * 60 * 60_000;
const pauseMs = 5_000;

/** Reads user groups: five minutes from memory, and, while Slack does not answer, the last reading for a day. */
export class Groups {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #reads = new Map<string, Read>();
  readonly #failedAt = new Map<string, number>();
  readonly #under = new Map<string, Promise<void>>();

  constructor(deps: { client: WebClient; clock: Clock; log: Logger }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Never rejects: what cannot be read is said to be so. */
  async membersOf(group: string): Promise<Membership> {
    const known = this.#within(group, freshMs);
    if (known !== undefined) return { kind: 'fresh', ...known };
    await this.#readOnce(group);
    const read = this.#within(group, freshMs);
    if (read !== undefined) return { kind: 'fresh', ...read };
    const last = this.#within(group, keptMs);
    return last === undefined ? { kind: 'unreadable' } : { kind: 'old', ...last };
  }

  #within(group: string, ms: number): { members: ReadonlySet<string>; readAt: string } | undefined {
    const read = this.#reads.get(group);
    if (read === undefined || this.#clock.now().mono - read.at.mono >= ms) return undefined;
    return { members: read.members, readAt: read.at.at };
  }

  /** One call at a time per group, and none shortly after a failure: a hanging Slack must not slow a rollback twice. */
  #readOnce(group: string): Promise<void> {
    const failed = this.#failedAt.get(group);
    if (failed !== undefined && this.#clock.now().mono - failed < pauseMs) return Promise.resolve();
    const under = this.#under.get(group) ?? this.#read(group);
    this.#under.set(group, under);
    return under;
  }

  async #read(group: string): Promise<void> {
    try {
      const at = this.#clock.now();
      const { users } = await this.#client.usergroups.users.list({ usergroup: group });
      this.#reads.set(group, { members: new Set(users ?? []), at });
      this.#failedAt.delete(group);
    } catch (error) {
      this.#failedAt.set(group, this.#clock.now().mono);
      this.#log.warn({ group }, `user group ${group} cannot be read: ${slackProblem(error).why}`);
    } finally {
      this.#under.delete(group);
    }
  }
}
