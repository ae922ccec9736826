import type { Database } from 'better-sqlite3';
import type { Entry } from '../release/journal-entry.ts';
import { sentenceOf } from '../release/sentence-of.ts';
import type { Accepted } from '../release/service-state.ts';
import type { Actor, ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { LiveSide } from './live-side.ts';
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

/** Questions about what was. Reads only; sees what is committed. */
export class Past {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Rows of one release, oldest first. */
  rowsOf(release: ReleaseId): readonly Entry[] {
    return this.#entries('WHERE release = ? ORDER BY seq', release);
  }

  /** Rows after `seq`, oldest first, at most `limit`. */
  rowsSince(seq: number, limit = 1_000): readonly Entry[] {
    return this.#entries('WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit);
  }

  /** Newest first. Rows that only tell where a message was posted are left out; the export has them. */
  history({ service, sinceIso, actor, limit, beforeSeq }: HistoryAsk): readonly PastRow[] {
    const wheres: readonly (readonly [string, string | number | undefined])[] = [
      ['service = ?', service],
      ['at >= ?', sinceIso],
      ['actor = ?', actor],
      ['seq < ?', beforeSeq],
    ];
    const asked = wheres.filter(([, value]) => value !== undefined);
    const where = ["kind <> 'posted'", ...asked.map(([condition]) => condition)].join(' AND ');
    return this.#entries(
      `WHERE ${where} ORDER BY seq DESC LIMIT ?`,
      ...asked.map(([, value]) => value),
      limit,
    ).map(pastRow);
  }

  /**
   * The side that was live at that time (ISO 8601, UTC) and by whose hand it came; undefined where the journal knows
   * nothing of the service then. Live is what the journal knows of the nodes' memory: between a switch and its
   * taking back the other side was live.
   */
  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined {
    const live = new LiveSide();
    const rows = this.#db.prepare(
      'SELECT * FROM journal WHERE service = ? AND at <= ? ORDER BY seq',
    );
    for (const row of rows.iterate(service, iso)) live.add(entryOf(row as Row));
    return live.found;
  }

  #entries(where: string, ...values: readonly unknown[]): readonly Entry[] {
    return this.#db
      .prepare(`SELECT * FROM journal ${where}`)
      .all(...values)
      .map((row) => entryOf(row as Row));
  }
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
