/**
 * Text that a person typed, as it may stand inside a sentence of ours: there `@U0ANN` names a person and backticks
 * mark code, and what is typed must do neither.
 */
export function typed(text: string): string {
  return text.replaceAll('@', '＠').replaceAll('`', "'");
}
