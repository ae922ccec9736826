import { setTimeout as pause } from 'node:timers/promises';
import type { Delivered } from './delivery/courier.ts';
import type { Faults } from './faults.ts';
import type { Message } from './message.ts';
import { Seat } from './seat.ts';
import type { SlackWorld } from './slack-world.ts';
import type { ApiCall, Tokens } from './web-api.ts';
import {
  type Channel,
  channelNamed,
  type Person,
  personNamed,
  type Team,
  type Workspace,
} from './workspace.ts';

interface Controls {
  readonly tokens: Tokens;
  readonly signingSecret: string;
  readonly calls: readonly ApiCall[];
  readonly connections: () => number;
  readonly deliverTo: (requestUrl: string | undefined) => void;
  readonly sendOnSockets: (words: string) => void;
  readonly change: (changes: Partial<Workspace>) => void;
  readonly setPaidPlan: (paid: boolean) => void;
  readonly close: () => Promise<void>;
}

/** A running local Slack, as tests and the demo hold it in their hands. */
export class LocalSlack {
  /** Where the page is. */
  readonly url: string;
  /** For `SLACK_API_URL`; ends in `/api/`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly faults: Faults;
  /** Every Web API call since the start, oldest first. */
  readonly calls: readonly ApiCall[];
  readonly #world: SlackWorld;
  readonly #controls: Controls;

  constructor(world: SlackWorld, controls: Controls) {
    this.#world = world;
    this.#controls = controls;
    this.url = world.url;
    this.apiUrl = `${world.url}/api/`;
    this.botToken = controls.tokens.bot;
    this.appToken = controls.tokens.app;
    this.signingSecret = controls.signingSecret;
    this.faults = world.faults;
    this.calls = controls.calls;
  }

  get team(): Team {
    return this.#world.workspace.team;
  }

  get channels(): readonly Channel[] {
    return this.#world.workspace.channels;
  }

  /** The first channel. */
  get channel(): Channel {
    const [first] = this.channels;
    if (!first) throw new Error('this workspace has no channel');
    return first;
  }

  /** Finds a person by id, handle, or first or full name. */
  user(name: string): Person {
    return personNamed(this.#world.workspace, name);
  }

  /** Sits down as a person, named as for `user`. */
  asUser(name: string): Seat {
    return new Seat(this.user(name), this.#world);
  }

  /** The channel as it reads: no thread replies but broadcast ones, no ephemeral messages. */
  messages(channel: string = this.channel.id): readonly Message[] {
    const found = channelNamed(this.#world.workspace, channel);
    return found ? this.#world.board.inChannel(found.id) : [];
  }

  /** The message as it stands now, wherever it is; undefined where it is not, or was deleted. */
  message(ts: string): Message | undefined {
    return this.#world.board.findAnywhere(ts);
  }

  /** The replies in a message's thread, broadcast ones included. */
  replies(ts: string): readonly Message[] {
    const root = this.message(ts);
    return root ? this.#world.board.replies(root.channel, ts) : [];
  }

  /** What only this person sees, and has not dismissed. */
  ephemerals(user: string): readonly Message[] {
    return this.asUser(user).ephemerals;
  }

  /** The app's Home tab as published for this person. */
  home(user: string): unknown {
    return this.#world.board.home(this.user(user).id);
  }

  /** Every delivery to the app with its outcome, oldest first. */
  get deliveries(): readonly Delivered[] {
    return this.#world.courier.delivered;
  }

  /** How many sockets the app has open. */
  get connections(): number {
    return this.#controls.connections();
  }

  /** Deliveries go to this URL as signed HTTP from now on; undefined: to the app's sockets. */
  deliverTo(requestUrl: string | undefined): void {
    this.#controls.deliverTo(requestUrl);
  }

  /** Says these very words on every socket: what no delivery is made of. */
  sendOnSockets(words: string): void {
    this.#controls.sendOnSockets(words);
  }

  /** Changes who is in a user group. */
  setGroup(id: string, users: readonly string[]): void {
    const groups = this.#world.workspace.groups.map((group) =>
      group.id === id ? { ...group, users } : group,
    );
    this.#controls.change({ groups });
  }

  /** False: the workspace is on a free plan, and user groups are answered `plan_upgrade_required`. */
  set paidPlan(paid: boolean) {
    this.#controls.setPaidPlan(paid);
  }

  /**
   * Waits until the predicate gives something true, and resolves with it.
   * Asks every 20 ms; rejects after the time with the predicate's text.
   */
  async waitFor<T>(
    predicate: (slack: this) => T | undefined | null | false,
    timeoutMs = 10_000,
  ): Promise<T> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const found = predicate(this);
      if (found) return found;
      if (performance.now() > until) {
        throw new Error(`not within ${timeoutMs} ms in the local Slack: ${String(predicate)}`);
      }
      await pause(20);
    }
  }

  /** Ends the server and everything it holds open. */
  async close(): Promise<void> {
    await this.#controls.close();
  }
}
