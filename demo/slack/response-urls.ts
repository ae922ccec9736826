import { isRecord } from './blocks/check.ts';
import type { Board, Draft } from './board.ts';
import { type MessageBody, type Refusal, readBody } from './message-body.ts';
import type { Workspace } from './workspace.ts';

/** Where answers to one delivery go. */
export interface Origin {
  readonly request: string;
  readonly user: string;
  readonly channel: string;
  /** The message whose button was pressed. */
  readonly pressed?: {
    readonly ts: string;
    readonly ephemeral: boolean;
    readonly threadTs?: string;
  };
}

const lifetimeMs = 30 * 60_000;
const uses = 5;

/** The response URLs that were given out: five uses each, within thirty minutes. */
export class ResponseUrls {
  readonly #open = new Map<string, { origin: Origin; until: number; left: number }>();
  readonly #deps: {
    readonly board: Board;
    readonly workspace: Workspace;
    readonly url: () => string;
    readonly now: () => number;
    readonly newId: (prefix: string) => string;
  };

  constructor(deps: {
    readonly board: Board;
    readonly workspace: Workspace;
    readonly url: () => string;
    readonly now: () => number;
    readonly newId: (prefix: string) => string;
  }) {
    this.#deps = deps;
  }

  /** A new URL for answers to this delivery. */
  give(origin: Origin): string {
    const id = this.#deps.newId('R');
    this.#open.set(id, { origin, until: this.#deps.now() + lifetimeMs, left: uses });
    return `${this.#deps.url()}/response/${origin.user}/${id}`;
  }

  /** Uses a URL once; `used_url` and `expired_url` come with HTTP 404. */
  use(id: string, sent: unknown): { readonly ok: true } | Refusal {
    const open = this.#open.get(id);
    if (!open) return { ok: false, error: 'unknown_url' };
    if (open.until <= this.#deps.now()) return { ok: false, error: 'expired_url' };
    if (open.left === 0) return { ok: false, error: 'used_url' };
    open.left -= 1;
    return this.answer(open.origin, sent);
  }

  /** Carries out an answer: from a response URL, or from an acknowledgement's payload. */
  answer(origin: Origin, sent: unknown): { readonly ok: true } | Refusal {
    const asked = typeof sent === 'string' ? { text: sent } : sent;
    if (!isRecord(asked)) return { ok: false, error: 'invalid_payload' };
    if (asked.delete_original === true) return this.#deleteOriginal(origin);
    const body = readBody(asked, 40_000);
    if ('error' in body) return body;
    if (asked.replace_original === true && origin.pressed) return this.#replace(origin, body);
    this.#post(origin, asked, body);
    return { ok: true };
  }

  #post(origin: Origin, asked: Record<string, unknown>, body: MessageBody): void {
    const { board, workspace } = this.#deps;
    const { app, team } = workspace;
    const threadTs = typeof asked.thread_ts === 'string' ? asked.thread_ts : undefined;
    const draft: Draft = {
      channel: origin.channel,
      user: app.userId,
      team: team.id,
      bot_id: app.botId,
      app_id: app.id,
      ...body,
      ...(threadTs ? { thread_ts: threadTs } : {}),
    };
    if (asked.response_type === 'in_channel') board.post(draft);
    else board.whisper(origin.user, withThreadOf(origin, draft), origin.request);
  }

  #replace(origin: Origin, body: MessageBody): { readonly ok: true } | Refusal {
    const { board, workspace } = this.#deps;
    const ts = origin.pressed?.ts ?? '';
    const done = origin.pressed?.ephemeral
      ? board.editWhisper(origin.user, ts, body)
      : board.edit(origin.channel, ts, body, workspace.app.userId) !== undefined;
    return done ? { ok: true } : { ok: false, error: 'message_not_found' };
  }

  #deleteOriginal(origin: Origin): { readonly ok: true } | Refusal {
    const ts = origin.pressed?.ts ?? '';
    const done = origin.pressed?.ephemeral
      ? this.#deps.board.dismiss(origin.user, ts)
      : this.#deps.board.remove(origin.channel, ts);
    return done ? { ok: true } : { ok: false, error: 'message_not_found' };
  }
}

/** An ephemeral answer to a button in a thread is shown there. */
function withThreadOf(origin: Origin, draft: Draft): Draft {
  const threadTs = draft.thread_ts ?? origin.pressed?.threadTs;
  return threadTs ? { ...draft, thread_ts: threadTs } : draft;
}
