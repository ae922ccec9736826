import type { ContextBlock, HeaderBlock, KnownBlock, SectionBlock } from '@slack/types';
import { cleanText, cutText } from './slack-text.ts';

/** What is sent to Slack: blocks for people, text for notifications and for clients without blocks. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

const textLimit = 3_900;
const blockLimit = 50;

/** A message within Slack's limits, whatever its parts are. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  const whole = text === '' ? '…' : text;
  if (blocks.length <= blockLimit) return { text: cutText(whole, textLimit), blocks };
  const last = blocks.slice(-5);
  return {
    text: cutText(whole, textLimit),
    blocks: [...blocks.slice(0, blockLimit - last.length), ...last],
  };
}

/** One paragraph; `text` is escaped mrkdwn. */
export function section(text: string): SectionBlock {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: cutText(text === '' ? '…' : text, 3_000), verbatim: true },
  };
}

/** Small grey lines; each text is escaped mrkdwn, at most ten. */
export function context(...texts: readonly string[]): ContextBlock {
  return {
    type: 'context',
    elements: texts
      .slice(0, 10)
      .map((text) => ({ type: 'mrkdwn', text: cutText(text, 2_000), verbatim: true })),
  };
}

/** The large first line; plain text. */
export function header(text: string): HeaderBlock {
  return {
    type: 'header',
    text: { type: 'plain_text', text: cutText(cleanText(text), 150), emoji: false },
  };
}

/** The same words without any block: what is sent where Slack refuses the blocks. */
export function textAlone({ text }: Message): Message {
  return { text, blocks: [] };
}
