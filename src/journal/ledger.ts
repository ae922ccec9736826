import type { Database, Statement } from 'better-sqlite3';
import type { Announcement } from '../release/announcement.ts';
import type { Draft, Entry, Instant } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import { newService, type ServiceState } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { type Change, changesOf } from './derive.ts';
import { DerivedWriter, writeOf } from './derived-tables.ts';
import { JournalUnwritable } from './errors.ts';
import { Outbox } from './outbox.ts';
import type { Remembered } from './remembered.ts';
import { columns, entryOf, type Head, makeRow, origin, type Row } from './row.ts';

/** What people are told of one row; `release` as it stands after it. */
export type Announce = (entry: Entry, release: Release | undefined) => readonly Announcement[];

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

/**
 * One database's rows and everything derived from them. What it remembers is only what was committed:
 * rows added in a transaction are staged until `settle`, and forgotten by `forget`.
 */
export class Ledger {
  readonly db: Database;
  readonly outbox: Outbox;
  readonly #writer: DerivedWriter;
  readonly #announce: Announce;
  readonly #insert: Statement;
  readonly #lastRow: Statement;
  readonly #lockOf: Statement;
  readonly #seen: Statement;
  readonly #open = new Map<ReleaseId, Release>();
  readonly #services = new Map<ServiceName, ServiceState>();
  readonly #staged = {
    releases: new Map<ReleaseId, Release>(),
    services: new Map<ServiceName, ServiceState>(),
    rows: [] as Row[],
  };
  readonly #rowsOfOpen = new Map<ReleaseId, Row[]>();
  #lastKnown: Row | undefined;
  #head: Head;

  constructor(db: Database, announce: Announce) {
    this.db = db;
    this.outbox = new Outbox(db);
    this.#writer = new DerivedWriter(db);
    this.#announce = announce;
    this.#insert = db.prepare(
      `INSERT INTO journal (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
    );
    this.#lastRow = db.prepare('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1');
    this.#lockOf = db.prepare('SELECT release, at FROM lock WHERE service = ?');
    this.#seen = db.prepare('SELECT seq FROM seen_request WHERE request = ?').pluck();
    this.#head = this.#lastCommitted();
    this.#load();
  }

  /** The last committed row. */
  get head(): Head {
    return this.#head;
  }

  release(id: ReleaseId): Release | undefined {
    const known = this.#staged.releases.get(id) ?? this.#open.get(id);
    if (known !== undefined) return known;
    const data = this.db.prepare('SELECT data FROM release WHERE id = ?').pluck().get(id);
    return data === undefined ? undefined : (JSON.parse(String(data)) as Release);
  }

  service(name: ServiceName): ServiceState {
    return this.#staged.services.get(name) ?? this.#services.get(name) ?? newService(name);
  }

  openReleases(): readonly Release[] {
    return [...this.#open.values()];
  }

  /** Rows of an open release, oldest first, without a look at the file; undefined where it is not open. */
  rowsOfOpen(id: ReleaseId): readonly Entry[] | undefined {
    return this.#rowsOfOpen.get(id)?.map(entryOf);
  }

  /** What is known without reading the file. */
  remembered(): Remembered {
    const rows = [...this.#rowsOfOpen.values()].flat();
    const last = this.#lastKnown;
    if (last !== undefined && !rows.some(({ seq }) => seq === last.seq)) rows.push(last);
    return {
      rows: rows.sort((a, b) => a.seq - b.seq),
      open: this.openReleases(),
      services: [...this.#services.values()],
    };
  }

  /** The row that used this request up. */
  seen(request: string): number | undefined {
    return this.#seen.get(request) as number | undefined;
  }

  /** Makes the rows and adds them. Inside a transaction; throws LockTaken. */
  append(drafts: readonly Draft[], instant: Instant, configDigest: string): readonly Entry[] {
    this.checkHead();
    let head = this.#head;
    return drafts.map((draft) => {
      const row = makeRow(draft, head, instant, configDigest);
      head = row;
      return this.add(row);
    });
  }

  /** Adds a row that is made already. Inside a transaction. */
  add(row: Row): Entry {
    const entry = entryOf(row);
    this.#checkOpening(entry);
    this.#insert.run(row);
    this.#staged.rows.push(row);
    for (const change of changesOf(entry, this)) this.#take(change);
    const release = entry.release === undefined ? undefined : this.release(entry.release);
    this.outbox.add(entry, this.#announce(entry, release));
    return entry;
  }

  /** Rows after `seq` as they stand, oldest first; inside a transaction, its own too. */
  rowsAfter(seq: number): readonly Row[] {
    return this.db.prepare('SELECT * FROM journal WHERE seq > ? ORDER BY seq').all(seq) as Row[];
  }

  hashAt(seq: number): string | undefined {
    const hash = this.db.prepare('SELECT hash FROM journal WHERE seq = ?').pluck().get(seq);
    return hash as string | undefined;
  }

  /** The transaction is committed: what was staged counts. */
  settle(last: Head | undefined): void {
    if (last !== undefined) this.#head = { seq: last.seq, hash: last.hash };
    this.#lastKnown = this.#staged.rows.at(-1) ?? this.#lastKnown;
    for (const [id, release] of this.#staged.releases) {
      if (release.ended === undefined) this.#open.set(id, release);
      else {
        this.#open.delete(id);
        this.#rowsOfOpen.delete(id);
      }
    }
    for (const row of this.#staged.rows) this.#remember(row);
    for (const [name, state] of this.#staged.services) this.#services.set(name, state);
    this.forget();
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.#staged.releases.clear();
    this.#staged.services.clear();
    this.#staged.rows.length = 0;
  }

  #remember(row: Row): void {
    const { release } = row;
    if (release === null || !this.#open.has(release)) return;
    const rows = this.#rowsOfOpen.get(release);
    if (rows === undefined) this.#rowsOfOpen.set(release, [row]);
    else rows.push(row);
  }

  #load(): void {
    const last = this.db.prepare('SELECT * FROM journal ORDER BY seq DESC LIMIT 1').get();
    this.#lastKnown = last as Row | undefined;
    const releases = this.db.prepare('SELECT data FROM release WHERE open = 1 ORDER BY id').pluck();
    for (const data of releases.all()) {
      const release = JSON.parse(String(data)) as Release;
      this.#open.set(release.id, release);
    }
    const rowsOf = this.db.prepare('SELECT * FROM journal WHERE release = ? ORDER BY seq');
    for (const id of this.#open.keys()) {
      for (const row of rowsOf.all(id)) this.#remember(row as Row);
    }
    for (const data of this.db.prepare('SELECT data FROM service').pluck().all()) {
      const state = JSON.parse(String(data)) as ServiceState;
      this.#services.set(state.service, state);
    }
  }

  #lastCommitted(): Head {
    return (this.#lastRow.get() as Head | undefined) ?? origin;
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

  #take(change: Change): void {
    if (change.kind === 'release') this.#staged.releases.set(change.release.id, change.release);
    if (change.kind === 'service') this.#staged.services.set(change.state.service, change.state);
    this.#writer.write(writeOf(change));
  }
}
