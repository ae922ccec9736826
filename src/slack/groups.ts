import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Clock, MembershipReading } from '../engine/ports.ts';
import type { Instant } from '../release/journal-entry.ts';
import { type GroupProblem, groupProblem } from './group-problem.ts';

/** The members of one user group, as far as they can be known now. */
export type Membership =
  | Read
  | {
      readonly kind: 'unread';
      readonly why: string;
      /** True where waiting changes nothing. */
      readonly final: boolean;
      /** The last reading, of the last 24 hours. */
      readonly last?: Read;
    };

interface Read {
  readonly kind: 'read';
  readonly members: ReadonlySet<string>;
  /** ISO. */
  readonly readAt: string;
}

interface Failure extends GroupProblem {
  /** Monotonic milliseconds before which nobody asks again. */
  readonly until: number;
}

const recentMs = 5 * 60_000;
const keptMs = 24 * 60 * 60_000;
const pauseMs = 5_000;
const watchMs = 10 * 60_000;

/** Reads user groups, and keeps the last reading of each for the day on which Slack does not answer. */
export class Groups {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #reads = new Map<
    string,
    { readonly members: ReadonlySet<string>; readonly at: Instant }
  >();
  readonly #failures = new Map<string, Failure>();
  readonly #under = new Map<string, Promise<void>>();

  constructor(deps: { client: WebClient; clock: Clock; log: Logger }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Asks Slack for a `fresh` reading, always; a `recent` one may be five minutes old. Never rejects. */
  async membersOf(group: string, reading: MembershipReading): Promise<Membership> {
    const recent = reading === 'recent' ? this.#within(group, recentMs) : undefined;
    if (recent !== undefined) return recent;
    await this.#readOnce(group);
    const failure = this.#failures.get(group);
    const last = this.#within(group, keptMs);
    if (failure === undefined && last !== undefined) return last;
    return {
      kind: 'unread',
      why: failure?.why ?? 'it was not read',
      final: failure?.final ?? false,
      ...(last === undefined ? {} : { last }),
    };
  }

  /** The groups whose last reading failed for good, and why: a person has to see to it. */
  get gone(): ReadonlyMap<string, string> {
    const final = [...this.#failures].filter(([, failure]) => failure.final);
    return new Map(final.map(([group, { why }]) => [group, why]));
  }

  /** Reads these groups now and every ten minutes, so that what is gone is known, and the last reading is young. */
  async watch(groups: readonly string[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all(groups.map((group) => this.#readOnce(group)));
      await this.#clock.sleep(watchMs, signal).catch(() => undefined);
    }
  }

  #within(group: string, ms: number): Read | undefined {
    const read = this.#reads.get(group);
    if (read === undefined || this.#clock.now().mono - read.at.mono >= ms) return undefined;
    return { kind: 'read', members: read.members, readAt: read.at.at };
  }

  /** One call at a time per group, and none shortly after a failure: a hanging Slack must not slow a rollback twice. */
  #readOnce(group: string): Promise<void> {
    const failure = this.#failures.get(group);
    if (failure !== undefined && this.#clock.now().mono < failure.until) return Promise.resolve();
    const under = this.#under.get(group) ?? this.#read(group);
    this.#under.set(group, under);
    return under;
  }

  async #read(group: string): Promise<void> {
    try {
      const at = this.#clock.now();
      const { users } = await this.#client.usergroups.users.list({ usergroup: group });
      this.#reads.set(group, { members: new Set(users ?? []), at });
      this.#failures.delete(group);
    } catch (error) {
      this.#failed(group, groupProblem(error));
    } finally {
      this.#under.delete(group);
    }
  }

  #failed(group: string, problem: GroupProblem): void {
    const before = this.#failures.get(group);
    const until = this.#clock.now().mono + Math.max(pauseMs, problem.afterMs ?? 0);
    this.#failures.set(group, { ...problem, until });
    if (before?.why === problem.why) return;
    this.#log.warn({ group }, `The user group ${group} cannot be read: ${problem.why}.`);
  }
}
