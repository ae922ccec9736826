import { statSync } from 'node:fs';
import type { Appended, Clock, Journal } from '../engine/ports.ts';
import type { Draft, Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { Accepted, ServiceState } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { asUnwritable, JournalUnwritable } from './errors.ts';
import type { Hold } from './hold-database.ts';
import { type Ledger, LockTaken } from './ledger.ts';
import { type Listener, Listeners } from './listeners.ts';
import type { Place } from './outbox.ts';
import { type HistoryAsk, Past, type PastRow } from './past.ts';
import { column, type Head } from './row.ts';

/** A place where a crash test may stop the program: `journal:before:intent`, `journal:inside:intent`, `journal:after:intent`. */
export type Failpoint = (name: string) => void;

export interface StoreParts {
  readonly ledger: Ledger;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly configDigest: string;
  readonly failpoint: Failpoint;
  readonly notes: readonly string[];
}

/** The journal in SQLite: rows, and in the same transaction everything that follows from them. */
export class Store implements Journal {
  readonly path: string;
  /** What was done to the database while it was opened, a sentence each: for the log. */
  readonly notes: readonly string[];
  readonly #past: Past;
  readonly #ledger: Ledger;
  readonly #hold: Hold;
  readonly #clock: Clock;
  readonly #configDigest: string;
  readonly #failpoint: Failpoint;
  readonly #listeners = new Listeners();
  readonly #inode: number;

  constructor({ ledger, hold, clock, configDigest, failpoint, notes }: StoreParts) {
    this.path = ledger.db.name;
    this.notes = notes;
    this.#past = new Past(ledger.db);
    this.#ledger = ledger;
    this.#hold = hold;
    this.#clock = clock;
    this.#configDigest = configDigest;
    this.#failpoint = failpoint;
    this.#inode = statSync(this.path).ino;
  }

  append(drafts: readonly Draft[], request?: string): Appended {
    return this.#commit(drafts, request, () => {});
  }

  release(id: ReleaseId): Release | undefined {
    return this.#guarded(() => this.#ledger.release(id));
  }

  openReleases(): readonly Release[] {
    return this.#ledger.openReleases();
  }

  service(name: ServiceName): ServiceState {
    return this.#ledger.service(name);
  }

  rowsOf(release: ReleaseId): readonly Entry[] {
    return this.#guarded(() => this.#past.rowsOf(release));
  }

  /** Rows after `seq`, oldest first, at most `limit`. */
  rowsSince(seq: number, limit?: number): readonly Entry[] {
    return this.#guarded(() => this.#past.rowsSince(seq, limit));
  }

  /** Newest first, a sentence each. */
  history(ask: HistoryAsk): readonly PastRow[] {
    return this.#guarded(() => this.#past.history(ask));
  }

  /** The side that was live at that time, ISO 8601 in UTC, and by whose hand it came. */
  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined {
    return this.#guarded(() => this.#past.liveAt(service, iso));
  }

  /** The last row: what an anchor names. `seq` 0 while there is none. */
  get head(): Head {
    return this.#ledger.head;
  }

  /** Calls back after every commit, in order. Returns what ends the subscription. */
  onAppend(listener: Listener): () => void {
    return this.#listeners.add(listener);
  }

  /** What waits to be told, oldest first. */
  pending() {
    return this.#guarded(() => this.#ledger.outbox.pending());
  }

  /** Marks an item as under way: after a kill it is in doubt. */
  take(id: number): void {
    this.#guarded(() =>
      this.#ledger.db.transaction(() => this.#ledger.outbox.take(id)).immediate(),
    );
  }

  /** Ends an item; `posted` is the row of where it stands, written with it in one transaction. */
  sent(id: number, place: Place | null, posted?: Draft): void {
    this.#commit(posted === undefined ? [] : [posted], undefined, () =>
      this.#ledger.outbox.end(id, place),
    );
  }

  /** Takes the mark back: it was certainly not told. */
  putBack(id: number): void {
    this.#guarded(() => this.#ledger.outbox.putBack(id));
  }

  /** Closes the database and frees it for the next process. */
  close(): void {
    this.#ledger.db.close();
    this.#hold.release();
  }

  #commit(drafts: readonly Draft[], request: string | undefined, also: () => void): Appended {
    const kind = drafts[0]?.what.kind ?? 'outbox';
    const key = column(request) ?? undefined;
    this.#failpoint(`journal:before:${kind}`);
    const appended = this.#guarded(() => this.#transact(withRequest(drafts, key), key, also, kind));
    this.#failpoint(`journal:after:${kind}`);
    if (appended.kind === 'appended') this.#listeners.tell(appended.entries);
    return appended;
  }

  #transact(
    drafts: readonly Draft[],
    request: string | undefined,
    also: () => void,
    kind: string,
  ): Appended {
    const ledger = this.#ledger;
    this.#checkFile();
    try {
      const appended = ledger.db
        .transaction((): Appended => {
          const of = request === undefined ? undefined : ledger.seen(request);
          if (of !== undefined) return { kind: 'duplicate', of };
          const entries = ledger.append(drafts, this.#clock.now(), this.#configDigest);
          also();
          this.#failpoint(`journal:inside:${kind}`);
          return { kind: 'appended', entries };
        })
        .immediate();
      ledger.settle(appended.kind === 'appended' ? appended.entries.at(-1) : undefined);
      return appended;
    } catch (error) {
      ledger.forget();
      if (!(error instanceof LockTaken)) throw error;
      const { service, by, since } = error;
      return { kind: 'locked', service, by, since };
    }
  }

  /** A file that was moved or removed still takes rows that nobody will find again. */
  #checkFile(): void {
    if (statSync(this.path, { throwIfNoEntry: false })?.ino === this.#inode) return;
    throw new JournalUnwritable(
      'POINTSMAN_FILE_GONE',
      `The journal ${this.path} was moved, removed or replaced while Pointsman runs, so nothing was done. Put it back and start Pointsman again.`,
    );
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asUnwritable(error, this.path);
    }
  }
}

/** The request stands in the rows it caused: seen requests can be rebuilt from them. */
function withRequest(drafts: readonly Draft[], request: string | undefined): readonly Draft[] {
  if (request === undefined) return drafts;
  const acts = (draft: Draft): boolean => draft.what.kind !== 'refused';
  if (drafts.some((draft) => acts(draft) && column(draft.origin?.request) === request)) {
    return drafts;
  }
  const first = drafts.findIndex(acts);
  return drafts.map((draft, i) =>
    i === first ? { ...draft, origin: { ...draft.origin, request } } : draft,
  );
}
