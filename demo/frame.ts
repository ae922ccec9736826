/** Lines in a box as wide as the longest of them. */
export function frame(lines: readonly string[]): string {
  const width = Math.max(...lines.map(({ length }) => length));
  const rule = '─'.repeat(width + 2);
  const rows = lines.map((line) => `│ ${line.padEnd(width)} │`);
  return [`┌${rule}┐`, ...rows, `└${rule}┘`].join('\n');
}
