import type { Database } from 'better-sqlite3';
import type { Finding } from './finding.ts';
import type { Head } from './row.ts';

/** Reads `<seq>:<64 hex digits>`, the form in which a head is published; undefined where it is not that. */
export function parseAnchor(text: string): Head | undefined {
  const [, seq, hash] = /^#?([1-9]\d{0,14}):([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
  return seq === undefined || hash === undefined
    ? undefined
    : { seq: Number(seq), hash: hash.toLowerCase() };
}

/** The rows that were read: the last one, and each one's hash. */
export interface Rows {
  readonly head: Head;
  hashAt(seq: number): string | undefined;
}

/** What is wrong with the row an anchor names. `where`: who says so, e.g. `The anchor 12:ab…`. */
export function checkAnchor(journal: Rows, { seq, hash }: Head, where: string): Finding[] {
  const { head } = journal;
  const found = journal.hashAt(seq);
  if (found === hash) return [];
  if (found !== undefined) {
    const sentence = `${where} says that row ${seq} has the hash ${hash}, and it has ${found}: the journal was rewritten up to there.`;
    return [{ kind: 'anchor', seq, sentence }];
  }
  const missing = seq - head.seq;
  const sentence =
    missing > 0
      ? `${where} names row ${seq}, and the journal ends with row ${head.seq}: its last ${missing === 1 ? 'row is' : `${missing} rows are`} missing.`
      : `${where} names row ${seq}, which is missing.`;
  return [{ kind: 'anchor', seq, sentence }];
}

/** Checks the heads that the journal itself says were published. */
export function checkJournaledAnchors(db: Database, journal: Rows): Finding[] {
  const anchored = db
    .prepare("SELECT seq, body FROM journal WHERE kind = 'anchored' ORDER BY seq")
    .all() as { seq: number; body: string }[];
  return anchored.flatMap(({ seq, body }) => {
    const { anchorSeq, anchorHash } = JSON.parse(body) as { anchorSeq: number; anchorHash: string };
    return checkAnchor(journal, { seq: anchorSeq, hash: anchorHash }, `Row ${seq}`);
  });
}
