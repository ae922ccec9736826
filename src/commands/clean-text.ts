/** What Slack puts between < and > itself; what people type there arrives as &lt; and &gt;. */
const slackMarkup = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/** One line of typed text: quotes and blanks of phones made plain, control, bidi and zero-width characters gone. */
export function cleanLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}|\p{Cs}|\p{Co}|\p{Variation_Selector}/gu, '')
    .replace(/[\u2018\u2019\u201A\u201B\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB]/g, '"')
    .trim();
}

/** A reason as people meant it: Slack's escapes undone, mentions and links as plain text. */
export function plainReason(text: string): string {
  const plain = text.replace(slackMarkup, (_, sign: string, target: string, label?: string) =>
    sign === ''
      ? target
      : `${sign === '!' ? '@' : sign}${label || target.replace(/^subteam\^/, '')}`,
  );
  return unescaped(plain).trim();
}

/** Slack's three escapes undone, each once. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A word somebody typed, safe and short enough to be repeated in a sentence. */
export function quoted(word: string): string {
  const short = word.length > 40 ? `${word.slice(0, 40)}...` : word;
  return `"${unescaped(short).replaceAll('`', "'")}"`;
}

/** True for a word that is nothing but emoji, as a character or by name: `:rocket:`. */
export function isEmoji(word: string): boolean {
  return /^(:[a-z0-9_+-]+:|[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}])+$/iu.test(
    word,
  );
}
