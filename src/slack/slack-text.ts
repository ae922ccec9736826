import { withMoments } from '../commands/moments.ts';
import { actorWords, withActors } from '../release/actor-words.ts';
import { slackDate } from './slack-date.ts';

// C0 and C1 controls (newline and tab are handled by their caller), bidirectional overrides, zero-width and
// line-separator characters: nothing of a typed text may move, hide or imitate the text around it.
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** A text without characters that cannot be seen; newlines and tabs stay. */
export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(invisible, '');
}

/** A text on one line, for names, cells and everything a person typed. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim();
}

/** Slack's own escape: afterwards nothing in the text is a mention, a link or a channel. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Something a person typed, for mrkdwn: one line, escaped, nobody mentioned. */
export function typedText(text: string): string {
  return escapeText(oneLine(text));
}

/** An actor's mention where Slack knows them, their plain name where it does not. */
export function personText(actor: string): string {
  if (isSlackUser(actor)) return `<@${actor}>`;
  const words = actorWords(actor);
  return words === actor ? `\`${typedText(actor).replaceAll('`', "'")}\`` : words;
}

/** True for the ids Slack gives to people. */
export function isSlackUser(actor: string): boolean {
  return /^[UW][A-Z0-9]+$/.test(actor);
}

/** Where a sentence of the domain names a person: `@U0ANN` after the start, a space or a parenthesis. */
export const namedPerson = /(?<=^|[\s(])@([UW][A-Z0-9]{2,})(?![A-Za-z0-9_-])/g;

/** A sentence of the domain for mrkdwn: escaped, and the people it names mentioned, but for those in code. */
export function sentenceText(text: string): string {
  return withMoments(escapeText(withActors(cleanText(text))), slackDate).replace(
    codePersonOrChannel,
    (found, person?: string, channel?: string) => {
      if (person !== undefined) return `<@${person}>`;
      return channel === undefined ? found : `<#${channel}>`;
    },
  );
}

/** Where a sentence of the domain names a channel by its id: `#C0RELEASES`. */
const namedChannel = /(?<=^|[\s(])#([CG]0[A-Z0-9]{4,})(?![A-Za-z0-9_-])/;

const codePersonOrChannel = new RegExp(
  `\`[^\`]*\`|${namedPerson.source}|${namedChannel.source}`,
  'g',
);

/** The parts of a help: each form stays on a line of its own, below its heading. */
export function helpParts(lines: readonly string[]): readonly string[] {
  const parts: string[][] = [];
  for (const line of lines) {
    const text = sentenceText(oneLine(line));
    if (!text.startsWith('`')) parts.push([`*${text}*`]);
    else if (parts.length === 0) parts.push([`• ${text}`]);
    else parts.at(-1)?.push(`• ${text}`);
  }
  return parts.map((part) => part.join('\n'));
}

/** The first lines that fit into `limit` characters, whole, in a code block that they cannot leave; and how many do not fit. */
export function codeBlock(
  lines: readonly string[],
  limit: number,
): { readonly block: string; readonly left: number } {
  const shown: string[] = [];
  let room = limit - 6;
  for (const line of lines) {
    const text = escapeText(cleanText(line)).replaceAll('```', "'''");
    room -= text.length + 1;
    if (room < 0) break;
    shown.push(text);
  }
  return { block: `\`\`\`${shown.join('\n')}\`\`\``, left: lines.length - shown.length };
}

/**
 * Cuts escaped text to `limit` characters (UTF-16 units, Slack's own count), the last one an ellipsis;
 * never inside an escape, a mention or a character.
 */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let kept = '';
  for (const [part] of text.matchAll(/&(?:amp|lt|gt);|<[^<>]*>|[\s\S]/gu)) {
    if (kept.length + part.length > limit - 1) break;
    kept += part;
  }
  return `${kept}…`;
}
