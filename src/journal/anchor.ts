import type { Finding } from './finding.ts';
import type { Head, Row } from './row.ts';

/**
 * Reads a head as it is published: `<seq>:<64 hex digits>`, or as a message has it, `journal #25 6538...`. Undefined
 * where it is neither.
 */
export function parseAnchor(text: string): Head | undefined {
  const [, seq, hash] =
    /^(?:journal\s+)?#?([1-9]\d{0,14})[:\s]\s*([0-9a-f]{64})$/i.exec(text.trim()) ?? [];
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

/** Checks the head that a row of kind `anchored` says was published; nothing for any other row. */
export function checkJournaledAnchor(journal: Rows, { seq, body }: Row): readonly Finding[] {
  const { anchorSeq, anchorHash } = JSON.parse(body) as { anchorSeq: number; anchorHash: string };
  return checkAnchor(journal, { seq: anchorSeq, hash: anchorHash }, `Row ${seq}`);
}
