/**
 * Text that a person typed, or a node or an application said, as it may stand inside a sentence of ours: there
 * `@U0ANN` names a person and backticks mark code, and what comes from outside must do neither.
 */
export function typed(text: string): string {
  return text.replaceAll('@', '＠').replaceAll('`', "'");
}
