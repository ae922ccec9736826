/**
 * What a person typed, without Slack's own marking: `<@U0ANN|ann>` is `@U0ANN`, `<#C1|ops>` is `#ops`, a link its
 * address, a name that Slack itself made a link (`shop.example:5000/web`) that name, and the three escapes are characters again.
 */
export function typedWords(text: string): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<#[CG][A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replace(/<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<!([a-z]+)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<https?:\/\/([^|>]*)\|\1>/g, '$1')
    .replace(/<((?:https?|mailto|tel):[^|>]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}
