import type { Database } from 'better-sqlite3';
import { checkAnchor, checkJournaledAnchor } from './anchor.ts';
import { Chain } from './chain.ts';
import { checkSchema } from './check-schema.ts';
import { DerivedDifferences } from './derived-differences.ts';
import { DatabaseRefused, isSqliteError } from './errors.ts';
import type { Finding } from './finding.ts';
import { Mirror } from './mirror.ts';
import { openForReading } from './open-database.ts';
import { query } from './query.ts';
import { rowsBeforeOf, rowsOf } from './rebuild-derived.ts';
import { Replay } from './replay.ts';
import { entryOf, type Head, type Row } from './row.ts';

const hashOfSeq = query('SELECT hash FROM journal WHERE seq = ?');

export type Verified =
  | {
      readonly kind: 'verified';
      readonly rows: number;
      readonly head: Head;
      /** How many anchors held, those given and those journaled. */
      readonly anchors: number;
      readonly sentence: string;
    }
  | {
      readonly kind: 'broken';
      readonly rows: number;
      readonly head: Head;
      /** The worst first. */
      readonly findings: readonly Finding[];
      readonly sentence: string;
    }
  /** There is no journal of this program to verify. */
  | { readonly kind: 'unreadable'; readonly sentence: string };

/**
 * Proves a journal, reading only, also beside a running bot: the file, its guards, the chain, the anchors, and the
 * tables derived from it. `anchors` are heads that were published outside: only they show a cut tail or a rewritten
 * whole. Never throws for what it finds.
 */
export function verifyJournal(path: string, anchors: readonly Head[] = []): Verified {
  let db: Database;
  try {
    db = openForReading(path);
  } catch (error) {
    if (error instanceof DatabaseRefused) return { kind: 'unreadable', sentence: error.message };
    throw error;
  }
  try {
    return verifyOpen(db, anchors, new Mirror(path));
  } finally {
    db.close();
  }
}

/** Verifies an open database, all of it as it is at one moment, and the rows that wait in its mirror. */
function verifyOpen(db: Database, anchors: readonly Head[], mirror: Mirror): Verified {
  const chain = new Chain();
  const findings: Finding[] = [];
  const mirrored = new Map<number, string>();
  const hashAtSeq = hashOfSeq.on(db).pluck();
  const journal = {
    get head() {
      return chain.head;
    },
    hashAt: (seq: number) => (hashAtSeq.get(seq) as string | undefined) ?? mirrored.get(seq),
  };
  let journaled = 0;
  const look = (part: () => readonly Finding[]): void => {
    findings.push(...survived(part));
  };
  const lookAt = (row: Row): void => {
    if (row.kind !== 'anchored' || chain.broken !== undefined) return;
    journaled += 1;
    look(() => checkJournaledAnchor(journal, row));
  };
  db.exec('BEGIN');
  look(() => checkFile(db));
  look(() => checkSchema(db));
  look(() => checkRows(db, chain, lookAt));
  look(() => checkMirror(mirror, chain, mirrored));
  look(() => anchors.flatMap((anchor) => checkAnchor(journal, anchor, wordsOf(anchor))));
  return verdict(chain, findings.sort(worstFirst), anchors.length + journaled);
}

const ranks: readonly Finding['kind'][] = ['damaged', 'schema', 'chain', 'anchor', 'derived'];

function worstFirst(a: Finding, b: Finding): number {
  return ranks.indexOf(a.kind) - ranks.indexOf(b.kind);
}

function verdict({ rows, head }: Chain, findings: readonly Finding[], anchors: number): Verified {
  const [worst] = findings;
  if (worst === undefined) {
    const sentence = `Verified: ${rows} rows up to #${head.seq} ${head.hash}, ${anchors} anchor${anchors === 1 ? '' : 's'}, everything derived as the rows say.`;
    return { kind: 'verified', rows, head, anchors, sentence };
  }
  const more = findings.length - 1;
  const also = more === 0 ? '' : ` ${more} more finding${more === 1 ? '' : 's'}.`;
  const sentence = `Not verified (${rows} rows read, up to #${head.seq}): ${worst.sentence}${also}`;
  return { kind: 'broken', rows, head, findings, sentence };
}

function checkFile(db: Database): readonly Finding[] {
  const found = db.pragma('integrity_check(5)') as { readonly integrity_check: string }[];
  const strays = db.pragma('foreign_key_check') as { table: string; parent: string }[];
  return [
    ...found
      .filter(({ integrity_check }) => integrity_check !== 'ok')
      .map(({ integrity_check }) => damaged(integrity_check)),
    ...strays.slice(0, 5).map(({ table, parent }): Finding => {
      const sentence = `A row of ${table} tells of a row of ${parent} that is not there.`;
      return { kind: 'derived', sentence };
    }),
  ];
}

/** One pass over the rows: the chain, and the tables as they must be. */
function checkRows(db: Database, chain: Chain, lookAt: (row: Row) => void): readonly Finding[] {
  const differences = new DerivedDifferences(db);
  const replay = new Replay((change) => differences.take(change, chain.head.seq), rowsBeforeOf(db));
  for (const row of rowsOf(db)) {
    chain.add(row);
    lookAt(row);
    if (chain.broken === undefined) replay.add(entryOf(row));
  }
  if (chain.broken !== undefined) return [chain.broken];
  replay.finish();
  return differences.finish().map(
    ({ table, key, kind }): Finding => ({
      kind: 'derived',
      sentence: `Table ${table} is not what the rows say: ${key} is ${kind}. It is written anew at the next start.`,
    }),
  );
}

/** Rows that wait to be moved into the database continue its chain. */
function checkMirror(
  mirror: Mirror,
  chain: Chain,
  hashes: Map<number, string>,
): readonly Finding[] {
  const rows = mirror.rows();
  if (rows === undefined) {
    return [{ kind: 'damaged', sentence: `The mirror ${mirror.path} is damaged.` }];
  }
  const { seq: last } = chain.head;
  if (chain.broken !== undefined) return [];
  for (const row of rows.filter(({ seq }) => seq > last)) {
    chain.add(row);
    hashes.set(row.seq, row.hash);
  }
  return chain.broken === undefined ? [] : [chain.broken];
}

/** A page that cannot be read is a finding, not the end of the verification. */
function survived(part: () => readonly Finding[]): readonly Finding[] {
  try {
    return part();
  } catch (error) {
    if (isSqliteError(error)) return [damaged(`${error.code}: ${error.message}`)];
    throw error;
  }
}

function damaged(words: string): Finding {
  const line = words.replace('*** in database main ***', '').replace(/\s+/g, ' ').trim();
  return { kind: 'damaged', sentence: `The file is damaged: ${line}.` };
}

function wordsOf({ seq, hash }: Head): string {
  return `The anchor ${seq}:${hash.slice(0, 12)}…`;
}
