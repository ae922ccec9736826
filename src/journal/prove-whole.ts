import type { Finding } from './finding.ts';
import { openDatabase } from './open-database.ts';
import { correctDerived } from './prove-start.ts';
import type { Head } from './row.ts';
import { type Rules, verifyJournal } from './verify.ts';

export interface WholeProof {
  readonly rows: number;
  readonly findings: readonly Finding[];
  /** What was put right, a sentence each. */
  readonly notes: readonly string[];
}

export interface WholeProofOptions {
  readonly rules: Rules;
  readonly anchors: readonly Head[];
  /** Writes derived tables anew where they differ: nobody else may be at work on the database. */
  readonly corrects: boolean;
}

/** Proves a journal from its first row. */
export function proveWhole(
  path: string,
  { rules, anchors, corrects }: WholeProofOptions,
): WholeProof {
  const verified = verifyJournal(path, { anchors, rules });
  const notes = corrects ? correct(path) : [];
  switch (verified.kind) {
    case 'verified':
      return { rows: verified.rows, findings: [], notes };
    case 'broken':
      return { rows: verified.rows, findings: verified.findings, notes };
    case 'unreadable':
      return { rows: 0, findings: [{ kind: 'damaged', sentence: verified.sentence }], notes };
  }
}

function correct(path: string): readonly string[] {
  const { db } = openDatabase(path);
  try {
    return correctDerived(db);
  } finally {
    db.close();
  }
}
