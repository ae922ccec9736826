import type { Database } from 'better-sqlite3';
import { counted } from '../release/counted.ts';
import { Chain } from './chain.ts';
import type { Checkpoint, CheckpointFile, ReadCheckpoint } from './checkpoint.ts';
import type { Finding } from './finding.ts';
import type { JournalKey } from './journal-key.ts';
import { carryOut, proveTail } from './prove-tail.ts';
import { query } from './query.ts';
import { derivedDifferences, rebuildDerived, rowsOf } from './rebuild-derived.ts';
import type { Rules } from './verify.ts';

/** A journal of so many rows is proved whole at every start. */
const small = 1_000;

const lastSeq = query('SELECT seq FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1');

/** What a start knows of the journal before anything is done. */
export type StartProof =
  /** All that counts now is as the rows say, or was put right. `whole`: from the first row on. */
  | { readonly kind: 'proved'; readonly whole: boolean; readonly findings: readonly Finding[] }
  /** It takes longer than a start may: a thread of its own has to prove it before anything is begun. */
  | { readonly kind: 'unproved'; readonly why: string; readonly findings: readonly Finding[] };

export interface Start {
  readonly proof: StartProof;
  readonly checkpoint?: Checkpoint;
  readonly notes: readonly string[];
}

export interface StartOptions {
  readonly rules: Rules;
  readonly key: JournalKey;
  readonly file: CheckpointFile;
}

/** Proves as much of a journal as a start can: what follows its checkpoint, or all of a small one. */
export function proveStart(db: Database, { rules, key, file }: StartOptions): Start {
  const read = file.read();
  const checkpoint = read.kind === 'found' ? read.checkpoint : undefined;
  const known = checkpoint === undefined ? {} : { checkpoint };
  const tail = checkpoint?.program === rules.program ? proveTail(db, checkpoint, rules) : undefined;
  const holds = tail?.holds === true;
  carryOut(db, tail?.corrections ?? []);
  const findings = [...(tail?.findings ?? []), ...forgedFinding(read, key, file)];
  if (Number(lastSeq.on(db).pluck().get() ?? 0) <= small) {
    const { broken, notes } = proveSmall(db);
    const proof = { kind: 'proved' as const, whole: true, findings: [...findings, ...broken] };
    return { proof, ...known, notes };
  }
  if (holds) {
    return { proof: { kind: 'proved', whole: false, findings }, ...known, notes: [] };
  }
  const why = tail === undefined ? whyUnproved(read.kind) : 'it does not hold its checkpoint';
  return { proof: { kind: 'unproved', why, findings }, ...known, notes: [] };
}

/** A checkpoint without the mark of a key that was there before. */
function forgedFinding(
  { kind }: ReadCheckpoint,
  key: JournalKey,
  { path }: CheckpointFile,
): readonly Finding[] {
  if (kind !== 'forged' || key.replaced === 'nothing') return [];
  return [{ kind: 'anchor', sentence: `The checkpoint ${path} was not written by Pointsman.` }];
}

function whyUnproved(kind: 'found' | 'missing' | 'forged'): string {
  switch (kind) {
    case 'found':
      return 'another version of Pointsman wrote it last';
    case 'missing':
      return 'there is no checkpoint beside it';
    case 'forged':
      return 'the checkpoint beside it bears no mark of its key';
  }
}

function proveSmall(db: Database): {
  readonly broken: readonly Finding[];
  readonly notes: readonly string[];
} {
  const chain = new Chain();
  for (const row of rowsOf(db)) chain.add(row);
  if (chain.broken !== undefined) return { broken: [chain.broken], notes: [] };
  return { broken: [], notes: correctDerived(db) };
}

/** The journal is what counts: tables that say otherwise (an older program's fold, somebody's hand) are written anew. */
export function correctDerived(db: Database): readonly string[] {
  const differences = derivedDifferences(db);
  if (differences.length === 0) return [];
  db.transaction(() => rebuildDerived(db)).immediate();
  const were = differences.length === 1 ? 'was' : 'were';
  const first = differences.slice(0, 10).map(({ table, key, kind }) => `${table} ${key} ${kind}`);
  return [
    `${counted(differences.length, 'row')} derived from the journal ${were} not as it says and ${were} written anew: ${first.join(', ')}.`,
  ];
}
