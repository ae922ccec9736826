import type { Appended, Journal } from '../engine/ports.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { Accepted, ServiceState } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { DatabaseRefused } from './errors.ts';
import { Ledger } from './ledger.ts';
import { isOlderSchema } from './migrate.ts';
import { Mirror } from './mirror.ts';
import { openForReading } from './open-database.ts';
import { type HistoryAsk, Past, type PastRow } from './past.ts';
import { realPlace } from './real-place.ts';

/** The journal as it stands this moment, beside whoever holds it: for questions. */
export class Reader implements Journal {
  readonly #ledger: Ledger;
  readonly #past: Past;
  #wanted = false;

  /** Throws DatabaseRefused where there is no journal, or where reading alone would not show all of it. */
  constructor(database: string) {
    const path = realPlace(database);
    if (new Mirror(path, undefined).exists) {
      throw new DatabaseRefused(`Refused: rows of ${path} wait in its mirror.`);
    }
    const db = openForReading(path);
    if (isOlderSchema(db)) {
      db.close();
      throw new DatabaseRefused(`Refused: the schema of ${path} is an older one.`);
    }
    this.#ledger = new Ledger(db, () => []);
    this.#past = new Past(db);
  }

  /** True after somebody tried to write: then what was answered needs more than reading. */
  get wantedToWrite(): boolean {
    return this.#wanted;
  }

  append(): Appended {
    this.#wanted = true;
    return { kind: 'appended', entries: [] };
  }

  release(id: ReleaseId): Release | undefined {
    return this.#ledger.release(id);
  }

  openReleases(): readonly Release[] {
    return this.#ledger.openReleases();
  }

  service(name: ServiceName): ServiceState {
    return this.#ledger.service(name);
  }

  rowsOf(release: ReleaseId): readonly Entry[] {
    return this.#past.rowsOf(release);
  }

  history(ask: HistoryAsk): readonly PastRow[] {
    return this.#past.history(ask);
  }

  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined {
    return this.#past.liveAt(service, iso);
  }

  seen(request: string): boolean {
    return this.#ledger.seen(request) !== undefined;
  }

  close(): void {
    this.#ledger.db.close();
  }
}
