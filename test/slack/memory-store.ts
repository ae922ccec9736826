import type { OutboxItem } from '../../src/engine/ports.ts';
import { kindOfMessage } from '../../src/journal/outbox.ts';
import type { Announcement } from '../../src/release/announcement.ts';
import type { Draft } from '../../src/release/journal-entry.ts';
import type { Release } from '../../src/release/release.ts';
import type { OutboxStore, Place } from '../../src/slack/outbox-store.ts';

type Row = OutboxItem & {
  announcement: Announcement;
  state: 'waiting' | 'under way' | 'covered' | 'told';
  place?: Place | null;
};

/** Releases and an outbox as the journal keeps them, without a file. */
export class MemoryStore implements OutboxStore {
  readonly releases = new Map<string, Release>();
  readonly posted: Draft[] = [];
  /** Set: the next writes fail as on a full disk. */
  broken = false;
  #rows: Row[] = [];
  #nextId = 1;

  release(id: string): Release | undefined {
    return this.releases.get(id);
  }

  /** A row changed a release: everything that is told of it waits from now on. */
  tell(...announcements: readonly Announcement[]): void {
    for (const announcement of announcements) {
      const id = this.#nextId++;
      const at = '2026-03-01T12:00:00.000Z';
      const about =
        announcement.kind === 'channel'
          ? announcement.service === undefined
            ? {}
            : { service: announcement.service }
          : { release: announcement.release };
      const kind = kindOfMessage(announcement);
      const item = { id, kind, ...about, seq: id, at, inDoubt: false };
      this.#rows.push({ ...item, announcement, state: 'waiting' });
    }
  }

  waiting(after: number, limit: number): readonly OutboxItem[] {
    return this.#rows
      .filter(({ id, state }) => state === 'waiting' && id > after)
      .slice(0, limit)
      .map(({ state: _state, announcement: _announcement, ...item }) => item);
  }

  questions(): readonly { readonly item: OutboxItem; readonly place: Place }[] {
    return this.#rows.flatMap(({ state, announcement: _announcement, place, ...item }) =>
      state === 'told' && item.kind === 'question' && place != null ? [{ item, place }] : [],
    );
  }

  announcement({ id }: OutboxItem): Announcement {
    return this.#row(id).announcement;
  }

  take({ id }: OutboxItem, covered: readonly OutboxItem[]): void {
    this.#write();
    this.#row(id).state = 'under way';
    for (const other of covered) this.#row(other.id).state = 'covered';
  }

  putBack({ id }: OutboxItem): void {
    this.#write();
    this.#row(id, 'under way').state = 'waiting';
  }

  sent({ id }: OutboxItem, place: Place | null, posted?: Draft): void {
    this.#write();
    this.#row(id).state = 'told';
    this.#row(id).place = place;
    if (posted === undefined) return;
    this.posted.push(posted);
    const release = this.releases.get(posted.release ?? '');
    const { channel, message } = posted.origin ?? {};
    if (release === undefined || channel === undefined || message === undefined) return;
    const repeated = posted.what.kind === 'posted' ? posted.what.repeated : undefined;
    this.releases.set(release.id, {
      ...release,
      message: { channel, ts: message, ...(repeated === undefined ? {} : { repeated }) },
    });
  }

  /** The store as a program finds it that starts after a kill. */
  afterKill(): MemoryStore {
    const next = new MemoryStore();
    for (const [id, release] of this.releases) next.releases.set(id, release);
    next.#nextId = this.#nextId;
    next.#rows = this.#rows.map((row) =>
      row.state === 'under way' ? { ...row, state: 'waiting', inDoubt: true } : { ...row },
    );
    return next;
  }

  get allTold(): boolean {
    return this.#rows.every(({ state }) => state === 'told' || state === 'covered');
  }

  #row(id: number, state?: Row['state']): Row {
    const row = this.#rows.find((known) => known.id === id);
    if (row === undefined || (state !== undefined && row.state !== state)) {
      throw new Error(`no item ${id} is ${state ?? 'there'}`);
    }
    return row;
  }

  #write(): void {
    if (this.broken) throw new Error('SQLITE_FULL: database or disk is full');
  }
}
