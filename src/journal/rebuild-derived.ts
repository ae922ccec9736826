import type { Database } from 'better-sqlite3';
import type { Entry } from '../release/journal-entry.ts';
import type { ReleaseId } from '../release/vocabulary.ts';
import { DerivedDifferences, type Difference } from './derived-differences.ts';
import { DerivedWriter, perTable, writeOf } from './derived-tables.ts';
import { query } from './query.ts';
import { Replay } from './replay.ts';
import { entryOf, type Row } from './row.ts';

const page = query('SELECT * FROM journal WHERE seq > ? ORDER BY seq LIMIT 1000');
const rowsBefore = query('SELECT * FROM journal WHERE release = ? AND seq < ? ORDER BY seq');
const clears = perTable((table) => query(`DELETE FROM ${table}`));

/** All rows after `seq`, oldest first; between two of them the database may be written. */
export function* rowsOf(db: Database, seq = 0): Generator<Row> {
  const next = page.on(db);
  for (let rows = next.all(seq) as Row[]; rows.length > 0; ) {
    yield* rows;
    rows = next.all(rows.at(-1)?.seq) as Row[];
  }
}

/** A release's rows before `seq`, for a replay. */
export function rowsBeforeOf(db: Database): (release: ReleaseId, seq: number) => Iterable<Entry> {
  const statement = rowsBefore.on(db);
  return (release, seq) => (statement.all(release, seq) as Row[]).map(entryOf);
}

/** Where the derived tables are not what the rows say. Inside one transaction. */
export function derivedDifferences(db: Database): readonly Difference[] {
  const differences = new DerivedDifferences(db);
  let seq = 0;
  const replay = new Replay((change) => differences.take(change, seq), rowsBeforeOf(db));
  for (const row of rowsOf(db)) {
    seq = row.seq;
    replay.add(entryOf(row));
  }
  replay.finish();
  return differences.finish();
}

/** Writes the derived tables anew from the rows. Inside one transaction. */
export function rebuildDerived(db: Database): void {
  const writer = new DerivedWriter(db);
  perTable((table) => clears[table].on(db).run());
  const replay = new Replay((change) => writer.write(writeOf(change)), rowsBeforeOf(db));
  for (const row of rowsOf(db)) replay.add(entryOf(row));
  replay.finish();
}
