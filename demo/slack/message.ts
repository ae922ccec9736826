/** A block as it came over the wire and passed the checks in `blocks/`. */
export type Block = { readonly type: string; readonly block_id?: string } & Readonly<
  Record<string, unknown>
>;

export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly mimetype: string;
  readonly size: number;
  /** Path on the local Slack. */
  readonly url_private: string;
}

/** A message in Slack's own words; `text` and mrkdwn hold `&amp; &lt; &gt;` as Slack keeps them. */
export interface Message {
  readonly type: 'message';
  readonly subtype?: 'thread_broadcast';
  /** Seconds and microseconds: the message's identity within its channel. */
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly team: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly metadata?: unknown;
  readonly files?: readonly SharedFile[];
  /** On a reply, and on the root of a thread that has replies. */
  readonly thread_ts?: string;
  readonly reply_count?: number;
  readonly latest_reply?: string;
  readonly edited?: { readonly user: string; readonly ts: string };
  /** Only `to` sees it, and only until it is dismissed. */
  readonly is_ephemeral?: true;
}

/** Who sees an ephemeral message; `request` names the delivery it answers, where that is known. */
export interface Ephemeral {
  readonly to: string;
  readonly message: Message;
  readonly request?: string;
}

export interface Button {
  readonly label: string;
  readonly actionId: string;
  readonly blockId: string;
  readonly element: Readonly<Record<string, unknown>>;
}

/** The buttons of a message in the order in which they are shown. */
export function buttonsOf(message: Pick<Message, 'blocks'>): Button[] {
  return (message.blocks ?? []).flatMap((block) => {
    const elements = Array.isArray(block.elements) ? block.elements : [];
    return [...elements, block.accessory]
      .filter((element) => element?.type === 'button')
      .map((element) => ({
        label: String(element.text.text),
        actionId: String(element.action_id ?? ''),
        blockId: block.block_id ?? '',
        element,
      }));
  });
}

/** Everything a reader can see of a message, one piece per line: block texts, cells, titles; without blocks the text. */
export function visibleText(message: Pick<Message, 'blocks' | 'text'>): string {
  if (!message.blocks?.length) return message.text;
  const pieces: string[] = [];
  for (const block of message.blocks) collectText(block, pieces);
  return pieces.join('\n');
}

const shownFields = ['title', 'caption', 'text', 'alt_text'];

function collectText(value: unknown, pieces: string[]): void {
  if (Array.isArray(value)) for (const item of value) collectText(item, pieces);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    if (field === 'confirm') continue;
    if (typeof inner === 'string' && shownFields.includes(field)) pieces.push(inner);
    else collectText(inner, pieces);
  }
}
