export interface MapEntry {
  readonly key: string;
  /** May hold blanks; empty where the entry has none. */
  readonly value: string;
}

/** A whole map as the running worker has it, in order. */
export type MapContent =
  | {
      readonly kind: 'entries';
      readonly entries: readonly MapEntry[];
      /** Lines that are no entry: a key with a line feed in it, which a bad payload makes. */
      readonly strays: readonly string[];
    }
  | { readonly kind: 'refused'; readonly words: string };

/** Reads `show map <file>`: `0x55cd5a60bed0 checkout backend_blue` per entry, then an empty line. */
export function parseShowMap(reply: string): MapContent {
  if (reply === '\n') return { kind: 'entries', entries: [], strays: [] };
  if (!reply.startsWith('0x')) return { kind: 'refused', words: reply.trim() };
  const entries: MapEntry[] = [];
  const strays: string[] = [];
  for (const line of reply.slice(0, -2).split('\n')) {
    const [, key, value] = /^0x[0-9a-f]+ (\S+) (.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) strays.push(line);
    else entries.push({ key, value });
  }
  return { kind: 'entries', entries, strays };
}
