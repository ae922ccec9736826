import type { OutboxItem } from '../../src/engine/ports.ts';
import type { Announcement } from '../../src/release/announcement.ts';
import type { Draft } from '../../src/release/journal-entry.ts';
import type { Release } from '../../src/release/release.ts';
import type { OutboxStore, Place } from '../../src/slack/outbox-store.ts';

type Row = OutboxItem & { state: 'waiting' | 'under way' | 'told' };

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
      this.#rows.push({ id, announcement, seq: id, at, inDoubt: false, state: 'waiting' });
    }
  }

  pending(): readonly OutboxItem[] {
    return this.#rows
      .filter(({ state }) => state === 'waiting')
      .map(({ state: _state, ...item }) => item);
  }

  take(id: number): void {
    this.#write();
    this.#row(id, 'waiting').state = 'under way';
  }

  putBack(id: number): void {
    this.#write();
    this.#row(id, 'under way').state = 'waiting';
  }

  sent(id: number, _place: Place | null, posted?: Draft): void {
    this.#write();
    this.#row(id).state = 'told';
    if (posted === undefined) return;
    this.posted.push(posted);
    const release = this.releases.get(posted.release ?? '');
    const { channel, message } = posted.origin ?? {};
    if (release === undefined || channel === undefined || message === undefined) return;
    this.releases.set(release.id, { ...release, message: { channel, ts: message } });
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
    return this.#rows.every(({ state }) => state === 'told');
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
