import type { Entry, Happening } from '../../../src/release/journal-entry.ts';

type Row = Pick<Entry, 'seq' | 'release' | 'what'>;

/** I3 and I9 by the rows alone: at `ended` no effect is open, and no row but `posted` follows it. */
export function judgeEnds(rows: readonly Row[]): readonly string[] {
  const ids = [...new Set(rows.map(({ release }) => release))];
  return ids.flatMap((id) => {
    return id === undefined
      ? []
      : judgeEnd(
          id,
          rows.filter(({ release }) => release === id),
        );
  });
}

function judgeEnd(release: string, rows: readonly Row[]): readonly string[] {
  const end = rows.findIndex(({ what }) => what.kind === 'ended');
  if (end < 0) return [];
  const before = rows.slice(0, end);
  const closed = new Set(before.map(({ what }) => closes(what)));
  const open = before.filter(({ seq, what }) => opens(what) && !closed.has(seq));
  const behind = rows.slice(end + 1).filter(({ what }) => what.kind !== 'posted');
  return [
    ...open.map(({ seq }) => `I3: ${release} has ended with the open effect ${seq}`),
    ...behind.map(({ seq, what }) => `I9: row ${seq} (${what.kind}) follows the end of ${release}`),
  ];
}

function opens({ kind }: Happening): boolean {
  return kind === 'intent' || kind === 'servers_intent' || kind === 'hook_started';
}

/** The row whose effect this one closes. What is not known stays open until a reading closes it. */
function closes(what: Happening): number | undefined {
  switch (what.kind) {
    case 'result':
    case 'servers_result':
      return what.outcome === 'unknown' ? undefined : what.intent;
    case 'reconciled':
    case 'servers_reconciled':
      return what.intent;
    case 'hook_ended':
      return what.hook;
    default:
      return undefined;
  }
}
