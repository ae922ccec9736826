import { join } from 'node:path';
import { DatabaseRefused } from '../../../src/journal/errors.ts';
import { openForReading } from '../../../src/journal/open-database.ts';
import { entryOf, type Row } from '../../../src/journal/row.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';

/** What is committed in a folder's journal this moment, read beside whoever writes it. */
export interface Committed {
  readonly rows: readonly Entry[];
  /** Releases that hold a lock. */
  readonly locks: readonly string[];
  /** Rows that somebody is to be told of, or was. */
  readonly announced: readonly number[];
}

/** Nothing where there is no journal yet: a kill may come before the first transaction. `last`: at most so many rows. */
export function committedIn(folder: string, last = Number.MAX_SAFE_INTEGER): Committed {
  try {
    return read(join(folder, 'pointsman.db'), last);
  } catch (error) {
    if (error instanceof DatabaseRefused) return { rows: [], locks: [], announced: [] };
    throw error;
  }
}

function read(path: string, last: number): Committed {
  const db = openForReading(path);
  try {
    const rows = db.prepare('SELECT * FROM journal ORDER BY seq DESC LIMIT ?').all(last) as Row[];
    const locks = db.prepare('SELECT release FROM lock ORDER BY release').pluck().all();
    const announced = db.prepare('SELECT id / 8 FROM outbox ORDER BY id').pluck().all();
    return {
      rows: rows.reverse().map(entryOf),
      locks: locks as string[],
      announced: announced as number[],
    };
  } finally {
    db.close();
  }
}
