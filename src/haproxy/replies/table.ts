/** A table whose header begins with `# ` and whose fields are parted by blanks: its rows by column name. */
export function readTable(text: string): readonly Readonly<Record<string, string>>[] | undefined {
  const [header, ...lines] = text.trimEnd().split('\n');
  if (header === undefined || !header.startsWith('# ')) return undefined;
  const names = header.slice(2).split(' ');
  const rows = lines.map((line) => line.split(' '));
  // The last column of `show servers conn` stands there once per thread: a row may be longer, never shorter.
  if (rows.some((row) => row.length < names.length)) return undefined;
  return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])));
}
