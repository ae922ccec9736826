import { readFileSync } from 'node:fs';
import { Chain } from './chain.ts';
import type { Head, Row } from './row.ts';

export type VerifiedExport =
  | {
      readonly kind: 'verified';
      readonly rows: number;
      readonly head: Head;
      readonly sentence: string;
    }
  | { readonly kind: 'broken'; readonly rows: number; readonly sentence: string };

/** Proves the chain of a JSONL export, without any database. A file that cannot be read throws. */
export function verifyExport(path: string): VerifiedExport {
  const chain = new Chain();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  for (const [i, line] of lines.entries()) {
    const row = rowOf(line);
    if (row === undefined) {
      return broken(chain, `Line ${i + 1} of ${path} is not a row of a journal.`);
    }
    chain.add(row);
  }
  const { rows, head } = chain;
  if (chain.broken !== undefined) return broken(chain, chain.broken.sentence);
  const sentence = `Verified: ${rows} exported rows up to #${head.seq} ${head.hash}.`;
  return { kind: 'verified', rows, head, sentence };
}

function broken({ rows }: Chain, why: string): VerifiedExport {
  return { kind: 'broken', rows, sentence: `Not verified: ${why}` };
}

function rowOf(line: string): Row | undefined {
  try {
    const row = JSON.parse(line) as Row | null;
    return typeof row?.seq === 'number' && typeof row.hash === 'string' ? row : undefined;
  } catch {
    return undefined;
  }
}
