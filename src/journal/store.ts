import type { Appended, Clock, Journal, OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import type { Draft, Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { Accepted, ServiceState } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { CheckpointKeeper } from './checkpoint-keeper.ts';
import { asUnwritable, isSqliteError } from './errors.ts';
import type { Finding } from './finding.ts';
import { goesBack } from './goes-back.ts';
import type { Hold } from './hold-database.ts';
import { type Ledger, LockTaken, ReleaseEnded } from './ledger.ts';
import { type Listener, Listeners } from './listeners.ts';
import type { Means } from './means.ts';
import type { Place } from './outbox.ts';
import { type HistoryAsk, Past, type PastRow } from './past.ts';
import type { StartProof } from './prove-start.ts';
import { column, type Head } from './row.ts';

/** A place where a crash test may stop the program: `journal:before:intent`, `journal:inside:intent`, `journal:after:intent`. */
export type Failpoint = (name: string) => void;

export interface StoreParts {
  readonly path: string;
  readonly means: Means;
  readonly hold: Hold;
  readonly clock: Clock;
  readonly configDigest: string;
  readonly failpoint: Failpoint;
  readonly notes: readonly string[];
  readonly start: StartProof;
  /** Where the head is kept a second time; absent where no program is named. */
  readonly checkpoints?: CheckpointKeeper;
}

/** The journal in SQLite: rows, and in the same transaction everything that follows from them. */
export class Store implements Journal {
  readonly path: string;
  /** What was done to the database while it was opened, a sentence each: for the log. */
  readonly notes: readonly string[];
  readonly #means: Means;
  readonly #hold: Hold;
  readonly #clock: Clock;
  readonly #configDigest: string;
  readonly #failpoint: Failpoint;
  readonly #listeners = new Listeners();
  /** What the start found out about the journal. */
  readonly start: StartProof;
  readonly #checkpoints: CheckpointKeeper | undefined;
  /** False: nothing is said in a second place about a journal that is not proved. */
  trusted = true;

  constructor(parts: StoreParts) {
    const { path, means, hold, clock, configDigest, failpoint, notes } = parts;
    this.start = parts.start;
    this.#checkpoints = parts.checkpoints;
    this.path = path;
    this.#means = means;
    this.notes = notes;
    this.#hold = hold;
    this.#clock = clock;
    this.#configDigest = configDigest;
    this.#failpoint = failpoint;
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
    return this.#guarded(() => this.#ledger.rowsOfOpen(release) ?? this.#rowsOfEnded(release));
  }

  #rowsOfEnded(release: ReleaseId): readonly Entry[] {
    const { primary, ledger } = this.#means;
    const rows = this.#past.rowsOf(release);
    if (primary === ledger || rows[0]?.what.kind === 'requested') return rows;
    const older = readable(() => new Past(primary.db).rowsOf(release)) ?? [];
    return [...older, ...rows.filter(({ seq }) => seq > primary.head.seq)];
  }

  /** Rows after `seq`, oldest first, at most `limit`. */
  rowsSince(seq: number, limit?: number): readonly Entry[] {
    return this.#guarded(() => this.#past.rowsSince(seq, limit));
  }

  /** Newest first, a sentence each. */
  history(ask: HistoryAsk): readonly PastRow[] {
    return this.#guarded(() => {
      const { primary, ledger } = this.#means;
      if (primary === ledger) return this.#past.history(ask);
      const { head } = primary;
      const mirrored = this.#past.history(ask).filter(({ seq }) => seq > head.seq);
      const limit = ask.limit - mirrored.length;
      const older = readable(() => new Past(primary.db).history({ ...ask, limit })) ?? [];
      return [...mirrored, ...older];
    });
  }

  /** The side that was live at that time, ISO 8601 in UTC, and by whose hand it came. */
  liveAt(service: ServiceName, iso: string): (Accepted & { readonly seq: number }) | undefined {
    return this.#guarded(
      () =>
        this.#past.liveAt(service, iso) ??
        readable(() => new Past(this.#means.primary.db).liveAt(service, iso)),
    );
  }

  /** True where a row was written for the delivery of this identity; refusals do not count. */
  seen(request: string): boolean {
    return this.#guarded(() => this.#ledger.seen(request) !== undefined);
  }

  /** The last row: what an anchor names. `seq` 0 while there is none. */
  get head(): Head {
    return this.#ledger.head;
  }

  /** Calls back after every commit, in order. Returns what ends the subscription. */
  onAppend(listener: Listener): () => void {
    return this.#listeners.add(listener);
  }

  /** What waits to be told after message `after`, oldest first, at most `limit`. */
  waiting(after: number, limit: number): readonly OutboxItem[] {
    return this.#guarded(() => {
      const { primary, ledger } = this.#means;
      if (primary === ledger) return primary.outbox.waiting(after, limit);
      const own = readable(() => primary.outbox.waiting(after, limit)) ?? [];
      const since = own.at(-1)?.id ?? after;
      const untouched = own.filter((item) => !ledger.outbox.knows(item));
      return [...untouched, ...ledger.outbox.waiting(since, limit - own.length)];
    });
  }

  /** The notices with buttons that stand in a channel, of the newest rows: older ones are outdated at their press. */
  questions(): readonly { readonly item: OutboxItem; readonly place: Place }[] {
    return this.#guarded(() => this.#ledger.outbox.questions(this.head.seq - questionRows));
  }

  /** The message's words, made of its row; undefined where no row says them. */
  announcement(item: OutboxItem): Announcement | undefined {
    const { ledger } = this.#means;
    return this.#guarded(() =>
      ledger.words.of(item, {
        entry: (seq) => ledger.entry(seq),
        rowsOf: (release) => this.rowsOf(release),
      }),
    );
  }

  /** Everything that waits, with its words. */
  pending(): readonly (OutboxItem & { readonly announcement: Announcement })[] {
    return this.waiting(0, Number.MAX_SAFE_INTEGER).flatMap((item) => {
      const announcement = this.announcement(item);
      return announcement === undefined ? [] : [{ ...item, announcement }];
    });
  }

  /** Marks a message as under way: after a kill it is in doubt. `covered`: cards that are told with it. */
  take(item: OutboxItem, covered: readonly OutboxItem[] = []): void {
    this.#guarded(() =>
      this.#ledger.db.transaction(() => this.#ledger.outbox.take(item, covered)).immediate(),
    );
  }

  /** Ends a message; `posted` is the row of where it stands, written with it in one transaction. */
  sent(item: OutboxItem, place: Place | null, posted?: Draft): void {
    this.#commit(posted === undefined ? [] : [posted], undefined, ({ outbox }) =>
      outbox.end(item, place),
    );
    const published = place === null ? undefined : this.#publishedBy(item);
    if (published !== undefined) this.#checkpoint(published);
  }

  /** The head that a message shows: the final one of a release, and the daily one. */
  #publishedBy({ kind, seq, release: id }: OutboxItem): Head | undefined {
    if (kind === 'card' && id !== undefined) {
      const release = this.release(id);
      return release?.ended === undefined ? undefined : release.head;
    }
    if (kind !== 'notice') return undefined;
    const what = this.#guarded(() => this.#ledger.entry(seq)?.what);
    return what?.kind === 'anchored' ? { seq: what.anchorSeq, hash: what.anchorHash } : undefined;
  }

  /** Takes the mark back: it was certainly not told. */
  putBack({ id }: OutboxItem): void {
    this.#guarded(() => this.#ledger.outbox.putBack(id));
  }

  /** What proofs found in it, and who took note of it; oldest first. */
  auditRows(): readonly Entry[] {
    return this.#guarded(() => this.#past.auditRows());
  }

  /** After another hand has put the derived tables right. */
  reload(): void {
    this.#guarded(() => this.#means.primary.reload());
  }

  /** The head that people were told last, where a second place says so. */
  get published(): Head | undefined {
    return this.#checkpoints?.published;
  }

  /** The next start proves the whole journal. */
  forgetCheckpoint(): void {
    this.#checkpoints?.forget();
  }

  /** Notes in the second place how far the journal goes; what hinders it is no reason to stop. */
  #checkpoint(published?: Head): void {
    const { primary, ledger } = this.#means;
    if (!this.trusted || primary !== ledger) return;
    this.#checkpoints?.note(primary.head, primary.services(), published);
  }

  /** True while rows wait in the mirror since the program died: `takeUp` comes before anything is written. */
  get mirrorWaits(): boolean {
    return this.#means.waits;
  }

  /** Moves those rows into the database, some between two yields; answers what a person has to know of them. */
  takeUp(): Generator<undefined, readonly Finding[]> {
    return this.#means.takeUp();
  }

  /** Closes the database and frees it for the next process. */
  close(): void {
    if (this.#means.primary.db.open) this.#checkpoint();
    this.#means.close();
    this.#hold.release();
  }

  #commit(drafts: readonly Draft[], request: string | undefined, also: Also): Appended {
    const key = column(request) ?? undefined;
    const rows = withRequest(drafts, key);
    const point = pointOf(drafts, this.#failpoint);
    point('before');
    const appended = this.#guarded(() =>
      this.#means.write(
        goesBack(rows, (id) => this.#ledger.release(id)),
        (ledger, seal) =>
          transact(ledger, () => {
            const of = key === undefined ? undefined : ledger.seen(key);
            if (of !== undefined) return { kind: 'duplicate', of };
            const entries = ledger.append(rows, this.#clock.now(), this.#configDigest);
            also(ledger);
            seal();
            point('inside');
            return { kind: 'appended', entries };
          }),
      ),
    );
    point('after');
    if (appended.kind === 'appended') this.#listeners.tell(appended.entries);
    if (this.#checkpoints?.isDue(this.#ledger.head) === true) this.#checkpoint();
    return appended;
  }

  /** Where all rows are. */
  get #ledger(): Ledger {
    return this.#means.ledger;
  }

  get #past(): Past {
    return new Past(this.#ledger.db);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asUnwritable(error, this.path);
    }
  }
}

/** What a file says that may be damaged; undefined where it cannot be read. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSqliteError(error)) return undefined;
    throw error;
  }
}

/** What else belongs to the same transaction. */
type Also = (ledger: Ledger) => void;

/** All of the work or none of it; the ledger remembers only what was committed. */
function transact(ledger: Ledger, work: () => Appended): Appended {
  try {
    const appended = ledger.db.transaction(work).immediate();
    ledger.settle(appended.kind === 'appended' ? appended.entries.at(-1) : undefined);
    return appended;
  } catch (error) {
    ledger.forget();
    if (error instanceof ReleaseEnded) return { kind: 'ended', ...error };
    if (!(error instanceof LockTaken)) throw error;
    const { service, by, since } = error;
    return { kind: 'locked', service, by, since };
  }
}

/** Of how many rows notices are looked for at a start. */
const questionRows = 5_000;

/** The failpoints of one append; the outbox alone has none. */
function pointOf([first]: readonly Draft[], failpoint: Failpoint): (when: string) => void {
  return (when) => {
    if (first !== undefined) failpoint(`journal:${when}:${first.what.kind}`);
  };
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
