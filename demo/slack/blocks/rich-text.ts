import {
  anyNumber,
  byType,
  type Check,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  text,
  yesOrNo,
} from './check.ts';
import { common } from './text-objects.ts';

const style = object(
  {},
  { bold: yesOrNo, italic: yesOrNo, strike: yesOrNo, code: yesOrNo, underline: yesOrNo },
);
const id = text(1, 255);
const words = object({ type: oneOf('text'), text: text(1, 40_000) }, { style });
const link = object(
  { type: oneOf('link'), url: text(1, 3000) },
  { text: text(1, 40_000), unsafe: yesOrNo, style },
);

const inline = byType({
  text: words,
  link,
  emoji: object(
    { type: oneOf('emoji'), name: id },
    { unicode: id, skin_tone: integer(1, 6), style },
  ),
  user: object({ type: oneOf('user'), user_id: id }, { style }),
  usergroup: object({ type: oneOf('usergroup'), usergroup_id: id }, { style }),
  channel: object({ type: oneOf('channel'), channel_id: id }, { style }),
  broadcast: object(
    { type: oneOf('broadcast'), range: oneOf('here', 'channel', 'everyone') },
    { style },
  ),
  date: object(
    { type: oneOf('date'), timestamp: anyNumber, format: text(1, 255) },
    { url: text(1, 3000), fallback: text(1, 3000), style },
  ),
});

const section = object({ type: oneOf('rich_text_section'), elements: list(0, 1000, inline) });
const border = { border: integer(0, 1) };

/** The rich_text block: as a block of its own, in a table cell, and in a task's details and output. */
export const richTextBlock = object(
  {
    type: oneOf('rich_text'),
    elements: list(
      1,
      1000,
      byType({
        rich_text_section: section,
        rich_text_list: object(
          {
            type: oneOf('rich_text_list'),
            style: oneOf('bullet', 'ordered'),
            elements: list(1, 1000, byType({ rich_text_section: section })),
          },
          { indent: integer(0, 8), offset: integer(0, 10_000), ...border },
        ),
        rich_text_quote: object(
          { type: oneOf('rich_text_quote'), elements: list(0, 1000, inline) },
          border,
        ),
        rich_text_preformatted: object(
          {
            type: oneOf('rich_text_preformatted'),
            elements: list(0, 1000, byType({ text: words, link })),
          },
          { language: text(1, 255), ...border },
        ),
      }),
    ),
  },
  common,
) satisfies Check;

/** The characters a reader sees in a rich text, mentions not counted. */
export function richTextLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + richTextLength(item), 0);
  if (!isRecord(value)) return 0;
  const own = typeof value.text === 'string' ? value.text.length : 0;
  return own + richTextLength(value.elements);
}
