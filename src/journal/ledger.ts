import type { Database, Statement } from 'better-sqlite3';
import type { Announcement } from '../release/announcement.ts';
import type { Draft, Entry, Instant } from '../release/journal-entry.ts';
import { openEffects, type Release } from '../release/release.ts';
import { newService, type ServiceState } from '../release/service-state.ts';
import type { ReleaseState } from '../release/states.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { type Change, changesOf } from './derive.ts';
import { DerivedWriter, writeOf } from './derived-tables.ts';
import { JournalUnwritable } from './errors.ts';
import type { LiveSide } from './live-side.ts';
import { type Announce, MessageWords } from './message-words.ts';
import { OpenReleases } from './open-releases.ts';
import { Outbox } from './outbox.ts';
import { query } from './query.ts';
import type { Remembered } from './remembered.ts';
import { columns, entryOf, type Head, hashOf, makeRow, origin, type Row } from './row.ts';

/** Another release holds the lock; thrown inside a transaction to roll it back, and caught by the store. */
export class LockTaken {
  readonly service: ServiceName;
  readonly by: ReleaseId;
  readonly since: string;

  constructor(service: ServiceName, by: ReleaseId, since: string) {
    this.service = service;
    this.by = by;
    this.since = since;
  }
}

const insert = query(
  `INSERT INTO journal (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
);
const lastRow = query('SELECT * FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1');
const lastHead = query('SELECT seq, hash FROM journal WHERE seq > 0 ORDER BY seq DESC LIMIT 1');
const rowsAfter = query('SELECT * FROM journal WHERE seq > ? ORDER BY seq');
const rowOfSeq = query('SELECT * FROM journal WHERE seq = ?');
const hashOfSeq = query('SELECT hash FROM journal WHERE seq = ?');
const lockOf = query('SELECT release, at FROM lock WHERE service = ?');
const requestSeq = query('SELECT seq FROM seen_request WHERE request = ?');
const releaseData = query('SELECT data FROM release WHERE id = ?');
const serviceData = query('SELECT data FROM service');
const newestLive = query(
  'SELECT seq, since, data FROM live WHERE service = ? ORDER BY since DESC, seq DESC LIMIT 1',
);
/** The release of a row has ended; thrown inside a transaction to roll it back, and caught by the store. */
export class ReleaseEnded {
  readonly release: ReleaseId;
  readonly state: ReleaseState;
  readonly at: string;

  constructor({ id, state, stateSince }: Release) {
    this.release = id;
    this.state = state;
    this.at = stateSince.at;
  }
}

/**
 * One database's rows and everything derived from them. What it remembers is only what was committed:
 * rows added in a transaction are staged until `settle`, and forgotten by `forget`.
 */
export class Ledger {
  readonly db: Database;
  readonly outbox: Outbox;
  readonly words: MessageWords;
  readonly #writer: DerivedWriter;
  readonly #announce: Announce;
  readonly #behind: Ledger | undefined;
  readonly #insert: Statement;
  readonly #lastHead: Statement;
  readonly #lockOf: Statement;
  readonly #requestSeq: Statement;
  readonly #releaseData: Statement;
  #open: OpenReleases;
  readonly #services = new Map<ServiceName, ServiceState>();
  readonly #live = new Map<ServiceName, LiveSide | undefined>();
  readonly #staged = {
    releases: new Map<ReleaseId, Release>(),
    services: new Map<ServiceName, ServiceState>(),
    live: new Map<ServiceName, LiveSide>(),
    rows: [] as { readonly row: Row; readonly entry: Entry }[],
    told: [] as { readonly seq: number; readonly announcements: readonly Announcement[] }[],
  };
  #lastKnown: Row | undefined;
  #head: Head;

  /** `behind`: the ledger that this one stands in for; what only that one knows is asked there. */
  constructor(db: Database, announce: Announce, behind?: Ledger) {
    this.db = db;
    this.outbox = new Outbox(db);
    this.words = behind?.words ?? new MessageWords(announce);
    this.#writer = new DerivedWriter(db);
    this.#announce = announce;
    this.#behind = behind;
    this.#insert = insert.on(db);
    this.#lastHead = lastHead.on(db);
    this.#lockOf = lockOf.on(db);
    this.#requestSeq = requestSeq.on(db).pluck();
    this.#releaseData = releaseData.on(db).pluck();
    this.#head = this.#lastCommitted();
    this.#open = new OpenReleases(db);
    this.reload();
  }

  /** Reads anew what it remembers: at the start, and after another hand has put the derived tables right. */
  reload(): void {
    this.#head = this.#lastCommitted();
    this.#lastKnown = lastRow.on(this.db).get() as Row | undefined;
    this.#open = new OpenReleases(this.db);
    this.#services.clear();
    this.#live.clear();
    for (const data of serviceData.on(this.db).pluck().all()) {
      const state = JSON.parse(String(data)) as ServiceState;
      this.#services.set(state.service, state);
    }
  }

  services(): readonly ServiceState[] {
    return [...this.#services.values()];
  }

  /** The last committed row. */
  get head(): Head {
    return this.#head;
  }

  release(id: ReleaseId): Release | undefined {
    const known = this.#staged.releases.get(id) ?? this.#open.release(id);
    if (known !== undefined) return known;
    const data = this.#releaseData.get(id);
    if (data !== undefined) return JSON.parse(String(data)) as Release;
    return this.#asked((behind) => behind.release(id));
  }

  service(name: ServiceName): ServiceState {
    return this.#staged.services.get(name) ?? this.#services.get(name) ?? newService(name);
  }

  /** Which side has the service's traffic, as far as its rows say. */
  liveSide(name: ServiceName): LiveSide | undefined {
    const staged = this.#staged.live.get(name);
    if (staged !== undefined) return staged;
    if (!this.#live.has(name)) this.#live.set(name, this.#readLive(name));
    return this.#live.get(name);
  }

  openReleases(): readonly Release[] {
    return this.#open.all();
  }

  /** Rows of an open release, oldest first, without a look at the file; undefined where it is not open. */
  rowsOfOpen(id: ReleaseId): readonly Entry[] | undefined {
    return this.#open.entries(id);
  }

  /** What is known without reading the file. */
  remembered(): Remembered {
    const rows = [...this.#open.rows()];
    const last = this.#lastKnown;
    if (last !== undefined && !rows.some(({ seq }) => seq === last.seq)) rows.push(last);
    return {
      rows: rows.sort((a, b) => a.seq - b.seq),
      open: this.openReleases(),
      services: this.services(),
    };
  }

  /** The row that used this request up. */
  seen(request: string): number | undefined {
    const seq = this.#requestSeq.get(request) as number | undefined;
    return seq ?? this.#asked((behind) => behind.seen(request));
  }

  /** Makes the rows and adds them. Inside a transaction; throws LockTaken or ReleaseEnded. */
  append(drafts: readonly Draft[], instant: Instant, configDigest: string): readonly Entry[] {
    this.checkHead();
    let head = this.#head;
    const entries = drafts.map((draft) => {
      const row = makeRow(draft, head, instant, configDigest);
      head = row;
      return this.#add(row);
    });
    this.#writeStaged();
    return entries;
  }

  /** Adds rows that are made already. Inside a transaction. */
  addMade(rows: readonly Row[]): void {
    for (const row of rows) this.#add(row);
    this.#writeStaged();
  }

  #add(row: Row): Entry {
    const entry = entryOf(row);
    this.#checkOpening(entry);
    this.#checkEnded(entry);
    this.#insert.run(row);
    this.#staged.rows.push({ row, entry });
    for (const change of changesOf(entry, this)) this.#take(change);
    const release = entry.release === undefined ? undefined : this.release(entry.release);
    const announcements = this.#announce(entry, release);
    this.outbox.add(entry.seq, announcements);
    this.#staged.told.push({ seq: entry.seq, announcements });
    return entry;
  }

  /** Rows after `seq` as they stand, oldest first; inside a transaction, its own too. */
  rowsAfter(seq: number): readonly Row[] {
    return rowsAfter.on(this.db).all(seq) as Row[];
  }

  /** The row as it was hashed; undefined where it is not there, or not what its hash was made of. */
  entry(seq: number): Entry | undefined {
    const row = rowOfSeq.on(this.db).get(seq) as Row | undefined;
    if (row === undefined) return this.#asked((behind) => behind.entry(seq));
    return hashOf(row) === row.hash ? entryOf(row) : undefined;
  }

  hashAt(seq: number): string | undefined {
    return hashOfSeq.on(this.db).pluck().get(seq) as string | undefined;
  }

  /** The transaction is committed: what was staged counts. */
  settle(last: Head | undefined): void {
    if (last !== undefined) this.#head = { seq: last.seq, hash: last.hash };
    const { releases, services, live, rows, told } = this.#staged;
    for (const { seq, announcements } of told) this.words.remember(seq, announcements);
    this.#lastKnown = rows.at(-1)?.row ?? this.#lastKnown;
    this.#open.settle(releases.values(), rows);
    for (const [name, state] of services) this.#services.set(name, state);
    for (const [name, side] of live) this.#live.set(name, side);
    this.forget();
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.#staged.releases.clear();
    this.#staged.services.clear();
    this.#staged.live.clear();
    this.#staged.rows.length = 0;
    this.#staged.told.length = 0;
  }

  #lastCommitted(): Head {
    return (this.#lastHead.get() as Head | undefined) ?? origin;
  }

  /** A row that this process did not write means that what it knows is not all there is. Throws JournalUnwritable. */
  checkHead(): void {
    const { seq, hash } = this.#lastCommitted();
    if (seq === this.#head.seq && hash === this.#head.hash) return;
    throw new JournalUnwritable(
      'POINTSMAN_FOREIGN_ROW',
      `The journal ${this.db.name} ends with row ${seq}, and this process wrote up to row ${this.#head.seq}: another program wrote to it, so nothing was done. Stop Pointsman and run \`pointsman audit verify\`.`,
    );
  }

  #checkOpening({ what, release, service }: Entry): void {
    if (what.kind !== 'requested') return;
    const lock = this.#lockOf.get(service) as { release: string; at: string } | undefined;
    if (lock !== undefined) throw new LockTaken(service ?? '', lock.release, lock.at);
    if (release === undefined || this.release(release) !== undefined) {
      throw new Error(`A release is opened once, with an id of its own; ${release} is taken.`);
    }
  }

  /** Nothing has an effect for a release that has ended, and none ends while an effect's end is not known. */
  #checkEnded({ what, release: id }: Entry): void {
    const release = id === undefined ? undefined : this.release(id);
    if (release === undefined || what.kind === 'posted') return;
    if (release.ended !== undefined) throw new ReleaseEnded(release);
    if (what.kind !== 'ended') return;
    const open = openEffects(release);
    if (open.length === 0) return;
    throw new Error(
      `${id} cannot end while it is not known how these effects ended: rows ${open.join(', ')}.`,
    );
  }

  /** A release and a service are written once per transaction, however many of its rows change them. */
  #take(change: Change): void {
    switch (change.kind) {
      case 'release':
        this.#staged.releases.set(change.release.id, change.release);
        return;
      case 'service':
        this.#staged.services.set(change.state.service, change.state);
        return;
      case 'live':
        this.#staged.live.set(change.service, change.side);
        break;
      default:
        break;
    }
    this.#writer.write(writeOf(change));
  }

  #writeStaged(): void {
    for (const release of this.#staged.releases.values()) {
      this.#writer.write(writeOf({ kind: 'release', release }));
    }
    for (const state of this.#staged.services.values()) {
      this.#writer.write(writeOf({ kind: 'service', state }));
    }
  }

  #readLive(name: ServiceName): LiveSide | undefined {
    const row = newestLive.on(this.db).get(name) as
      | { readonly seq: number; readonly since: string; readonly data: string }
      | undefined;
    if (row === undefined) return this.#asked((behind) => behind.liveSide(name));
    const { seq, since, data } = row;
    return { seq, since, ...(JSON.parse(data) as Pick<LiveSide, 'live' | 'versions'>) };
  }

  /** What the ledger behind this one says; it may not be readable any more. */
  #asked<T>(ask: (behind: Ledger) => T): T | undefined {
    if (this.#behind === undefined) return undefined;
    try {
      return ask(this.#behind);
    } catch {
      return undefined;
    }
  }
}
