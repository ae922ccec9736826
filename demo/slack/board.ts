import type { Block, Ephemeral, Message, SharedFile } from './message.ts';

/** What a poster decides; the board adds the ts and keeps the threads. */
export interface Draft {
  readonly channel: string;
  readonly user: string;
  readonly team: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly metadata?: unknown;
  readonly files?: readonly SharedFile[];
  readonly thread_ts?: string;
  /** Also shown in the channel; needs `thread_ts`. */
  readonly broadcast?: boolean;
}

export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'removed'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'ephemeral'; readonly ephemeral: Ephemeral }
  | { readonly kind: 'ephemeral_removed'; readonly to: string; readonly ts: string }
  | { readonly kind: 'home'; readonly user: string; readonly view: unknown }
  | { readonly kind: 'modal'; readonly user: string; readonly modal: unknown }
  | { readonly kind: 'modal_closed'; readonly user: string; readonly id: string }
  | { readonly kind: 'app'; readonly connected: boolean };

/** All that was written in the workspace; tells its listeners of each change after it is made. */
export class Board {
  readonly #messages = new Map<string, Message[]>();
  readonly #homes = new Map<string, unknown>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #now: () => number;
  #ephemerals: Ephemeral[] = [];
  #lastTs = 0;

  /** `now` in milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Listens until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A ts later than every earlier one. */
  nextTs(): string {
    this.#lastTs = Math.max(this.#now() * 1000, this.#lastTs + 1);
    return `${Math.floor(this.#lastTs / 1e6)}.${String(this.#lastTs % 1e6).padStart(6, '0')}`;
  }

  post(draft: Draft): Message {
    const message = this.#made(draft);
    this.#of(draft.channel).push(message);
    this.tell({ kind: 'message', message });
    if (draft.thread_ts) this.#countReplies(draft.channel, draft.thread_ts);
    return message;
  }

  /** Replaces text and blocks; undefined where there is no such message. */
  edit(
    channel: string,
    ts: string,
    change: Pick<Message, 'text'> & { readonly blocks?: readonly Block[] },
    by: string,
  ): Message | undefined {
    const found = this.find(channel, ts);
    if (!found) return undefined;
    const { blocks: _old, ...rest } = found;
    const edited = { ...rest, ...change, edited: { user: by, ts: this.nextTs() } };
    this.#replace(edited);
    return edited;
  }

  /** True: it was there. A thread's root takes its replies along. */
  remove(channel: string, ts: string): boolean {
    const messages = this.#of(channel);
    const kept = messages.filter((message) => message.ts !== ts && message.thread_ts !== ts);
    const found = messages.find((message) => message.ts === ts);
    if (!found) return false;
    this.#messages.set(channel, kept);
    this.tell({ kind: 'removed', channel, ts });
    if (found.thread_ts && found.thread_ts !== ts) this.#countReplies(channel, found.thread_ts);
    return true;
  }

  find(channel: string, ts: string): Message | undefined {
    return this.#of(channel).find((message) => message.ts === ts);
  }

  findAnywhere(ts: string): Message | undefined {
    return [...this.#messages.values()].flat().find((message) => message.ts === ts);
  }

  all(channel: string): readonly Message[] {
    return this.#of(channel);
  }

  /** The channel as it reads: roots, lone messages and broadcast replies. */
  inChannel(channel: string): Message[] {
    return this.#of(channel).filter(
      ({ ts, thread_ts, subtype }) => !thread_ts || thread_ts === ts || subtype !== undefined,
    );
  }

  replies(channel: string, ts: string): Message[] {
    return this.#of(channel).filter((message) => message.thread_ts === ts && message.ts !== ts);
  }

  whisper(to: string, draft: Draft, request?: string): Message {
    const message: Message = { ...this.#made(draft), is_ephemeral: true };
    const ephemeral = { to, message, ...(request ? { request } : {}) };
    this.#ephemerals.push(ephemeral);
    this.tell({ kind: 'ephemeral', ephemeral });
    return message;
  }

  ephemerals(to: string): readonly Ephemeral[] {
    return this.#ephemerals.filter((ephemeral) => ephemeral.to === to);
  }

  editWhisper(
    to: string,
    ts: string,
    change: Pick<Message, 'text'> & { readonly blocks?: readonly Block[] },
  ): boolean {
    const found = this.ephemerals(to).find(({ message }) => message.ts === ts);
    if (!found) return false;
    const { blocks: _old, ...rest } = found.message;
    const ephemeral = { ...found, message: { ...rest, ...change } };
    this.#ephemerals = this.#ephemerals.map((old) => (old === found ? ephemeral : old));
    this.tell({ kind: 'ephemeral', ephemeral });
    return true;
  }

  dismiss(to: string, ts: string): boolean {
    const before = this.#ephemerals.length;
    this.#ephemerals = this.#ephemerals.filter(
      (ephemeral) => ephemeral.to !== to || ephemeral.message.ts !== ts,
    );
    if (this.#ephemerals.length === before) return false;
    this.tell({ kind: 'ephemeral_removed', to, ts });
    return true;
  }

  publishHome(user: string, view: unknown): void {
    this.#homes.set(user, view);
    this.tell({ kind: 'home', user, view });
  }

  home(user: string): unknown {
    return this.#homes.get(user);
  }

  #made({ broadcast, ...draft }: Draft): Message {
    return {
      type: 'message',
      ...(broadcast && draft.thread_ts ? { subtype: 'thread_broadcast' as const } : {}),
      ts: this.nextTs(),
      ...draft,
    };
  }

  #of(channel: string): Message[] {
    const messages = this.#messages.get(channel) ?? [];
    this.#messages.set(channel, messages);
    return messages;
  }

  #replace(message: Message): void {
    const messages = this.#of(message.channel);
    const index = messages.findIndex(({ ts }) => ts === message.ts);
    messages[index] = message;
    this.tell({ kind: 'message', message });
  }

  #countReplies(channel: string, root: string): void {
    const found = this.find(channel, root);
    if (!found) return;
    const replies = this.replies(channel, root);
    const { latest_reply: _l, reply_count: _c, thread_ts: _t, ...bare } = found;
    const latest = replies.at(-1);
    this.#replace(
      latest
        ? { ...bare, thread_ts: root, reply_count: replies.length, latest_reply: latest.ts }
        : bare,
    );
  }
}
