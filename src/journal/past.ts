import type { Database } from 'better-sqlite3';
import type { Entry } from '../release/journal-entry.ts';
import { sentenceOf } from '../release/sentence-of.ts';
import type { Accepted } from '../release/service-state.ts';
import type { Actor, ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { LiveSide } from './live-side.ts';
import { type Query, query } from './query.ts';
import { entryOf, type Row } from './row.ts';

/** A row as an answer to "what happened". */
export interface PastRow {
  readonly seq: number;
  readonly at: string;
  readonly service?: ServiceName;
  readonly release?: ReleaseId;
  readonly actor: Actor;
  readonly sentence: string;
}

export interface HistoryAsk {
  readonly service?: ServiceName;
  /** ISO 8601, UTC. */
  readonly sinceIso?: string;
  readonly actor?: Actor;
  readonly limit: number;
  /** Only rows before this one: the next page. */
  readonly beforeSeq?: number;
}

const ofRelease = query('SELECT * FROM journal WHERE release = ? ORDER BY seq');
const afterSeq = query('SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?');
const atOfSeq = query('SELECT at FROM journal WHERE seq = ?');
const lastSeq = query('SELECT seq FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1');
const auditRows = query(
  `SELECT * FROM journal INDEXED BY journal_audit
   WHERE kind IN ('journal_fault', 'journal_acknowledged') AND seq > 0 ORDER BY seq`,
);
const liveAtTime = query(
  'SELECT seq, data FROM live WHERE service = ? AND since <= ? ORDER BY since DESC, seq DESC LIMIT 1',
);
/** One for each index, so that no answer costs more than its rows. */
const histories = {
  all: historyQuery(''),
  service: historyQuery('service = @service AND'),
  actor: historyQuery('actor = @actor AND'),
  both: historyQuery('service = @service AND actor = @actor AND'),
} as const;

function historyQuery(who: string): Query {
  return query(
    `SELECT * FROM journal
     WHERE ${who} kind <> 'posted' AND seq >= @from AND seq < @before AND at >= @since ORDER BY seq DESC LIMIT @limit`,
  );
}

/** Questions about what was. Reads only; sees what is committed. No answer costs more with a longer journal. */
export class Past {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Rows of one release, oldest first. */
  rowsOf(release: ReleaseId): readonly Entry[] {
    return entries(ofRelease.on(this.#db).all(release));
  }

  /** What proofs of the journal found, and who took note of it; oldest first. */
  auditRows(): readonly Entry[] {
    return entries(auditRows.on(this.#db).all());
  }

  /** Rows after `seq`, oldest first, at most `limit`. */
  rowsSince(seq: number, limit = 1_000): readonly Entry[] {
    return entries(afterSeq.on(this.#db).all(seq, limit));
  }

  /** Newest first. Rows that only tell where a message was posted are left out; the export has them. */
  history({ service, sinceIso, actor, limit, beforeSeq }: HistoryAsk): readonly PastRow[] {
    const by = actor === undefined ? 'all' : 'actor';
    const which = service === undefined ? by : actor === undefined ? 'service' : 'both';
    const rows = histories[which].on(this.#db).all({
      ...(service === undefined ? {} : { service }),
      ...(actor === undefined ? {} : { actor }),
      from: sinceIso === undefined ? 1 : this.#firstSince(sinceIso),
      before: beforeSeq ?? Number.MAX_SAFE_INTEGER,
      since: sinceIso ?? '',
      limit,
    });
    return entries(rows).map(pastRow);
  }

  /**
   * The side that was live at that time (ISO 8601, UTC) and by whose hand it came; undefined where the journal knows
   * nothing of the service then. Live is what the journal knows of the nodes' memory: between a switch and its
   * taking back the other side was live.
   */
  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined {
    const row = liveAtTime.on(this.#db).get(service, iso) as
      | { readonly seq: number; readonly data: string }
      | undefined;
    if (row === undefined) return undefined;
    const { live } = JSON.parse(row.data) as Pick<LiveSide, 'live'>;
    return { ...live, seq: row.seq };
  }

  /**
   * The first row of that time or later, by halving: times grow with seq. Where somebody set the wall clock back, rows
   * of the hours that came twice may be left out.
   */
  #firstSince(iso: string): number {
    const at = atOfSeq.on(this.#db).pluck();
    let low = 1;
    let high = Number(lastSeq.on(this.#db).pluck().get() ?? 0) + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (String(at.get(middle)) < iso) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function entries(rows: readonly unknown[]): readonly Entry[] {
  return rows.map((row) => entryOf(row as Row));
}

function pastRow(entry: Entry): PastRow {
  return {
    seq: entry.seq,
    at: entry.instant.at,
    ...(entry.service === undefined ? {} : { service: entry.service }),
    ...(entry.release === undefined ? {} : { release: entry.release }),
    actor: entry.actor,
    sentence: sentenceOf(entry),
  };
}
