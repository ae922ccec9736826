import type { Database } from 'better-sqlite3';
import { counted } from '../release/counted.ts';
import { checkAnchor, checkJournaledAnchor, type Rows } from './anchor.ts';
import { Chain } from './chain.ts';
import { checkSchema } from './check-schema.ts';
import { DerivedDifferences } from './derived-differences.ts';
import { DatabaseRefused, isSqliteError } from './errors.ts';
import type { Finding } from './finding.ts';
import { JournalKey } from './journal-key.ts';
import type { Announce } from './message-words.ts';
import { isOlderSchema } from './migrate.ts';
import { Mirror } from './mirror.ts';
import { openForReading } from './open-database.ts';
import { OutboxDifferences } from './outbox-differences.ts';
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

export interface VerifyOptions {
  /** Heads that were published outside: only they show a cut tail or a rewritten whole. */
  readonly anchors?: readonly Head[];
  /** What this program makes of the rows. What another version made of them is not compared. */
  readonly rules?: Rules;
}

export interface Rules {
  /** Name and version, as the rows `started` name it. */
  readonly program: string;
  readonly announce: Announce;
}

/**
 * Proves a journal, reading only, also beside a running bot: the file, its guards, the chain, the anchors, and the
 * tables derived from it. Needs the same memory for any journal. Never throws for what it finds.
 */
export function verifyJournal(
  path: string,
  options: VerifyOptions | readonly Head[] = {},
): Verified {
  const { anchors = [], rules }: VerifyOptions = isList(options) ? { anchors: options } : options;
  let db: Database;
  try {
    db = openForReading(path);
  } catch (error) {
    if (error instanceof DatabaseRefused) return { kind: 'unreadable', sentence: error.message };
    throw error;
  }
  try {
    return new Proof(db, rules).run(anchors, new Mirror(path, JournalKey.read(path)));
  } finally {
    db.close();
  }
}

function isList(options: VerifyOptions | readonly Head[]): options is readonly Head[] {
  return Array.isArray(options);
}

/** One proof of an open database, all of it as it is at one moment, and of the rows that wait in its mirror. */
class Proof {
  readonly #db: Database;
  readonly #rules: Rules | undefined;
  readonly #chain = new Chain();
  readonly #findings: Finding[] = [];
  readonly #mirrored = new Map<number, string>();
  readonly #journal: Rows;
  #anchors = 0;
  /** The program that wrote the rows last, where they say so. */
  #program: string | undefined;

  constructor(db: Database, rules: Rules | undefined) {
    this.#db = db;
    this.#rules = rules;
    const chain = this.#chain;
    const stored = hashOfSeq.on(db).pluck();
    this.#journal = {
      get head() {
        return chain.head;
      },
      hashAt: (seq) => (stored.get(seq) as string | undefined) ?? this.#mirrored.get(seq),
    };
  }

  run(anchors: readonly Head[], mirror: Mirror): Verified {
    this.#anchors = anchors.length;
    this.#db.exec('BEGIN');
    this.#look(() => checkFile(this.#db));
    this.#look(() => checkSchema(this.#db));
    this.#look(() => this.#checkRows());
    this.#look(() => this.#checkMirror(mirror));
    this.#look(() => anchors.flatMap((one) => checkAnchor(this.#journal, one, wordsOf(one))));
    return verdict(this.#chain, this.#findings.sort(worstFirst), this.#anchors);
  }

  #look(part: () => readonly Finding[]): void {
    this.#findings.push(...survived(part));
  }

  /** One pass over the rows: the chain, and the tables as they must be. */
  #checkRows(): readonly Finding[] {
    const db = this.#db;
    const chain = this.#chain;
    if (isOlderSchema(db)) return this.#checkChain();
    const differences = new DerivedDifferences(db);
    const messages = new OutboxDifferences(db, this.#rules);
    const replay = new Replay(
      (change) => differences.take(change, chain.head.seq),
      rowsBeforeOf(db),
    );
    for (const row of rowsOf(db)) {
      if (!this.#follow(row)) continue;
      const entry = entryOf(row);
      replay.add(entry);
      messages.take(entry, (id) => replay.release(id));
    }
    if (chain.broken !== undefined) return [chain.broken];
    replay.finish();
    const derived = [...differences.finish(), ...messages.finish()];
    if (this.#isOfOtherProgram()) return [];
    return derived.map(
      ({ table, key, kind }): Finding => ({
        kind: 'derived',
        sentence: `Table ${table} is not what the rows say: ${key} is ${kind}. It is written anew at the next start.`,
      }),
    );
  }

  /** An older schema's tables are written anew when it is brought forward: its rows are what counts. */
  #checkChain(): readonly Finding[] {
    for (const row of rowsOf(this.#db)) this.#follow(row);
    return this.#chain.broken === undefined ? [] : [this.#chain.broken];
  }

  /** True while the chain holds. */
  #follow(row: Row): boolean {
    this.#chain.add(row);
    if (this.#chain.broken !== undefined) return false;
    if (row.kind === 'started') this.#program = programOf(row);
    if (row.kind !== 'anchored') return true;
    this.#anchors += 1;
    this.#look(() => checkJournaledAnchor(this.#journal, row));
    return true;
  }

  /** What another version of the program made of the rows is written anew at its next start. */
  #isOfOtherProgram(): boolean {
    if (this.#rules === undefined || this.#program === undefined) return false;
    return this.#program !== this.#rules.program;
  }

  /** Rows that wait to be moved into the database continue its chain. */
  #checkMirror(mirror: Mirror): readonly Finding[] {
    const chain = this.#chain;
    const { seq: last } = chain.head;
    if (chain.broken !== undefined) return [];
    for (const line of mirror.lines()) {
      if (line.kind === 'forged') {
        const sentence = `The mirror ${mirror.path} holds rows without the mark of its key from line ${line.line} on: Pointsman did not write them, or its key was lost.`;
        return [{ kind: 'chain', sentence }];
      }
      for (const row of line.rows.filter(({ seq }) => seq > last)) {
        chain.add(row);
        this.#mirrored.set(row.seq, row.hash);
      }
    }
    return chain.broken === undefined ? [] : [chain.broken];
  }
}

function programOf({ body }: Row): string | undefined {
  const { program } = JSON.parse(body) as { readonly program?: string };
  return program;
}

const ranks: readonly Finding['kind'][] = ['damaged', 'schema', 'chain', 'anchor', 'derived'];

function worstFirst(a: Finding, b: Finding): number {
  return ranks.indexOf(a.kind) - ranks.indexOf(b.kind);
}

function verdict({ rows, head }: Chain, findings: readonly Finding[], anchors: number): Verified {
  const [worst] = findings;
  if (worst === undefined) {
    const sentence = `Verified: ${counted(rows, 'row')} up to #${head.seq} ${head.hash}, ${counted(anchors, 'anchor')}, everything derived as the rows say.`;
    return { kind: 'verified', rows, head, anchors, sentence };
  }
  const more = findings.length - 1;
  const also = more === 0 ? '' : ` ${more} more finding${more === 1 ? '' : 's'}.`;
  const sentence = `Not verified (${counted(rows, 'row')} read, up to #${head.seq}): ${worst.sentence}${also}`;
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
