import type { Database } from 'better-sqlite3';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ReleaseId } from '../release/vocabulary.ts';
import { query } from './query.ts';
import { entryOf, type Row } from './row.ts';

interface Known {
  release: Release;
  readonly rows: Row[];
  readonly entries: Entry[];
}

const open = query('SELECT data FROM release WHERE open = 1 ORDER BY id');
const rowsOf = query('SELECT * FROM journal WHERE release = ? ORDER BY seq');

/** The open releases with all their rows, so that going back needs no look at the file. */
export class OpenReleases {
  readonly #known = new Map<ReleaseId, Known>();

  constructor(db: Database) {
    for (const data of open.on(db).pluck().all()) {
      const release = JSON.parse(String(data)) as Release;
      const rows = rowsOf.on(db).all(release.id) as Row[];
      this.#known.set(release.id, { release, rows, entries: rows.map(entryOf) });
    }
  }

  release(id: ReleaseId): Release | undefined {
    return this.#known.get(id)?.release;
  }

  all(): readonly Release[] {
    return [...this.#known.values()].map(({ release }) => release);
  }

  /** Oldest first; undefined where it is not open. */
  entries(id: ReleaseId): readonly Entry[] | undefined {
    return this.#known.get(id)?.entries.slice();
  }

  *rows(): Generator<Row> {
    for (const { rows } of this.#known.values()) yield* rows;
  }

  /** A transaction is committed: its releases as they stand after it, and its rows. */
  settle(
    releases: Iterable<Release>,
    added: readonly { readonly row: Row; readonly entry: Entry }[],
  ): void {
    for (const release of releases) {
      const known = this.#known.get(release.id);
      if (release.ended !== undefined) this.#known.delete(release.id);
      else if (known === undefined) this.#known.set(release.id, { release, rows: [], entries: [] });
      else known.release = release;
    }
    for (const { row, entry } of added) {
      const known = this.#known.get(row.release ?? '');
      known?.rows.push(row);
      known?.entries.push(entry);
    }
  }
}
