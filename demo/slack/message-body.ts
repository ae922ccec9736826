import { isRecord, type Problem } from './blocks/check.ts';
import { checkBlocks, checkModal, type Surface } from './blocks/check-blocks.ts';
import { storedText } from './markup.ts';
import type { Block } from './message.ts';
import type { ModalView } from './modals.ts';
import { parsed } from './sent-json.ts';

/** What a message says, as Slack would store it. */
export interface MessageBody {
  readonly text: string;
  readonly blocks?: readonly Block[];
}

export interface Refusal {
  readonly ok: false;
  readonly error: string;
  readonly [detail: string]: unknown;
}

/** Reads `text` and `blocks` as sent (blocks may be JSON text), or says why Slack would refuse them. */
export function readBody(
  sent: Readonly<Record<string, unknown>>,
  longestText: number,
): MessageBody | Refusal {
  const text = typeof sent.text === 'string' ? sent.text : '';
  if (text.length > longestText) return { ok: false, error: 'msg_too_long' };
  if (sent.attachments !== undefined) {
    // The local Slack knows blocks only; to lose attachments in silence would hide a fault.
    return { ok: false, error: 'invalid_attachments' };
  }
  const blocks = readBlocks(sent.blocks, 'message');
  if ('error' in blocks) return blocks;
  if (text.trim() === '' && blocks.blocks.length === 0) return { ok: false, error: 'no_text' };
  return {
    text: storedText(text),
    ...(blocks.blocks.length > 0 ? { blocks: blocks.blocks } : {}),
  };
}

/** Reads and checks a dialog. */
export function readModal(sent: unknown): ModalView | Refusal {
  const problems = checkModal(sent);
  if (problems.length > 0 || !isRecord(sent)) {
    return { ...refusal(problems), error: 'invalid_arguments' };
  }
  const read = readBlocks(sent.blocks, 'modal');
  if ('error' in read) return read;
  const { title, submit, close, callback_id: callback = '', private_metadata: kept = '' } = sent;
  return {
    type: 'modal',
    title: stored(title),
    ...(submit === undefined ? {} : { submit: stored(submit) }),
    ...(close === undefined ? {} : { close: stored(close) }),
    callback_id: String(callback),
    private_metadata: String(kept),
    blocks: read.blocks,
  };
}

/** Reads and checks blocks; each that came without an id gets one by its place. */
export function readBlocks(
  sent: unknown,
  surface: Surface,
): { readonly blocks: readonly Block[] } | Refusal {
  if (sent === undefined || sent === null || sent === '') return { blocks: [] };
  const blocks = parsed(sent);
  if (!Array.isArray(blocks)) return { ok: false, error: 'invalid_blocks_format' };
  const problems = checkBlocks(blocks, surface);
  if (problems.length > 0) return refusal(problems);
  return {
    blocks: blocks.map((block, index) => ({
      ...stored(block),
      block_id: block.block_id ?? `auto-${index}`,
    })),
  };
}

function refusal(problems: readonly Problem[]): Refusal {
  const sentences = problems.map(({ at, what }) => `${what} [json-pointer:${at}]`);
  return {
    ok: false,
    error: 'invalid_blocks',
    errors: sentences,
    response_metadata: { messages: sentences.map((sentence) => `[ERROR] ${sentence}`) },
  };
}

/** Escapes the text objects within; raw and rich text stay as they came. */
function stored<T>(value: T): T {
  if (Array.isArray(value)) return value.map(stored) as T;
  if (!isRecord(value)) return value;
  if (value.type === 'rich_text') return value;
  if (value.type === 'plain_text' || value.type === 'mrkdwn') {
    return { ...value, text: storedText(String(value.text)) };
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, stored(inner)]),
  ) as T;
}
