import type { Database } from 'better-sqlite3';
import type { ServiceName } from '../release/vocabulary.ts';
import { checkAnchor, checkJournaledAnchor, type Rows } from './anchor.ts';
import { Chain } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';
import { DerivedDifferences, type Difference } from './derived-differences.ts';
import { correctRow } from './derived-tables.ts';
import type { Finding } from './finding.ts';
import type { LiveSide } from './live-side.ts';
import { correctMessage, type MessageDifference, OutboxDifferences } from './outbox-differences.ts';
import { query } from './query.ts';
import { rowsBeforeOf, rowsOf } from './rebuild-derived.ts';
import { Replay } from './replay.ts';
import { entryOf, type Head } from './row.ts';
import type { Rules } from './verify.ts';

const lastHead = query('SELECT seq, hash FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1');
const openIds = query('SELECT id FROM release WHERE open = 1');
const hashOfSeq = query('SELECT hash FROM journal WHERE seq = ?');
const liveUpTo = query(
  'SELECT seq, since, data FROM live WHERE service = ? AND seq <= ? ORDER BY since DESC, seq DESC LIMIT 1',
);

export interface TailProof {
  /** False: the journal does not go on from the checkpoint, so that nothing follows from it. */
  readonly holds: boolean;
  /** What a person has to know; the worst first. */
  readonly findings: readonly Finding[];
  readonly corrections: readonly (Difference | MessageDifference)[];
}

/**
 * Proves what follows a checkpoint: that the journal still holds its row, the rows after it, and what they and the
 * checkpoint come to (services, locks, open releases, messages). Costs what those rows cost, whatever comes before.
 */
export function proveTail(
  db: Database,
  { head, published, services }: Checkpoint,
  rules: Rules,
): TailProof {
  const journal = rowsIn(db);
  const anchors = [
    ...checkAnchor(journal, head, `The checkpoint beside the database (row ${head.seq})`),
    ...(published === undefined
      ? []
      : checkAnchor(
          journal,
          published,
          `The anchor published last, ${published.seq}:${published.hash.slice(0, 12)}…,`,
        )),
  ];
  if (anchors.length > 0) return { holds: false, findings: anchors, corrections: [] };
  const chain = new Chain(head);
  const differences = new DerivedDifferences(db, head.seq);
  const messages = new OutboxDifferences(db, rules, { after: head.seq, isOwn: true });
  const replay = new Replay(
    (change) => differences.take(change, chain.head.seq),
    rowsBeforeOf(db),
    {
      seq: head.seq,
      services,
      live: liveSidesAt(
        db,
        head,
        services.map(({ service }) => service),
      ),
    },
  );
  const findings: Finding[] = [];
  for (const row of rowsOf(db, head.seq)) {
    chain.add(row);
    if (chain.broken !== undefined) {
      return { holds: false, findings: [chain.broken], corrections: [] };
    }
    if (row.kind === 'anchored') findings.push(...checkJournaledAnchor(journal, row));
    const entry = entryOf(row);
    replay.add(entry);
    messages.take(entry, (id) => replay.release(id));
  }
  replay.finish();
  for (const id of openIds.on(db).pluck().all()) {
    const release = replay.release(String(id));
    if (release?.ended !== undefined)
      differences.take({ kind: 'release', release }, chain.head.seq);
  }
  const corrections = [...differences.finish(), ...messages.finish()];
  return {
    holds: true,
    findings: [...findings, ...corrections.map(differenceFinding)],
    corrections,
  };
}

/** Puts right what differs, in one transaction. */
export function carryOut(db: Database, corrections: TailProof['corrections']): void {
  if (corrections.length === 0) return;
  db.transaction(() => {
    for (const one of corrections) {
      if (one.table === 'outbox') correctMessage(db, one);
      else correctRow(db, one);
    }
  }).immediate();
}

function differenceFinding({ table, key, kind }: Difference | MessageDifference): Finding {
  return {
    kind: 'derived',
    sentence: `Table ${table} was not what the rows say: ${key} was ${kind}.`,
  };
}

function rowsIn(db: Database): Rows {
  const head = (lastHead.on(db).get() as Head | undefined) ?? { seq: 0, hash: '' };
  const hash = hashOfSeq.on(db).pluck();
  return { head, hashAt: (seq) => hash.get(seq) as string | undefined };
}

function liveSidesAt(
  db: Database,
  { seq }: Head,
  services: readonly ServiceName[],
): ReadonlyMap<ServiceName, LiveSide> {
  const newest = liveUpTo.on(db);
  return new Map(
    services.flatMap((service) => {
      const row = newest.get(service, seq) as
        | { readonly seq: number; readonly since: string; readonly data: string }
        | undefined;
      if (row === undefined) return [];
      const known = JSON.parse(row.data) as Pick<LiveSide, 'live' | 'versions'>;
      return [[service, { seq: row.seq, since: row.since, ...known }] as const];
    }),
  );
}
