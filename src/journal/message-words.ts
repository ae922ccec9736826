import type { OutboxItem } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import { foldRelease } from '../release/fold-release.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ReleaseId } from '../release/vocabulary.ts';
import { kindOfMessage, messageId, placeOfMessage } from './outbox.ts';

/** What people are told of one row; `release` as it stands after it. */
export type Announce = (entry: Entry, release: Release | undefined) => readonly Announcement[];

/** How many messages are remembered that this process announced itself. */
const remembered = 2_000;

/** Where rows are read that this process did not write itself. */
export interface ProvedRows {
  /** The row as it was hashed; undefined where it is not there, or not what its hash was made of. */
  entry(seq: number): Entry | undefined;
  /** Oldest first. */
  rowsOf(release: ReleaseId): readonly Entry[];
}

/** The words of the messages, made of the journal's rows: what no row says is not told. */
export class MessageWords {
  readonly #announce: Announce;
  readonly #own = new Map<number, Announcement>();
  #release: { readonly id: ReleaseId; readonly words: Map<number, Announcement> } | undefined;

  constructor(announce: Announce) {
    this.#announce = announce;
  }

  /** Rows that this process has just committed, with what they announce. */
  remember(seq: number, announcements: readonly Announcement[]): void {
    for (const [place, one] of announcements.entries()) this.#own.set(messageId(seq, place), one);
    for (const id of this.#own.keys()) {
      if (this.#own.size <= remembered) return;
      this.#own.delete(id);
    }
  }

  of(item: OutboxItem, rows: ProvedRows): Announcement | undefined {
    const words = this.#own.get(item.id) ?? this.#read(item, rows);
    return words !== undefined && kindOfMessage(words) === item.kind ? words : undefined;
  }

  #read({ id, seq }: OutboxItem, rows: ProvedRows): Announcement | undefined {
    const entry = rows.entry(seq);
    if (entry === undefined) return undefined;
    const { release } = entry;
    if (release === undefined) return this.#announce(entry, undefined)[placeOfMessage(id)];
    if (this.#release?.id !== release || !this.#release.words.has(id)) {
      this.#release = { id: release, words: this.#wordsOf(rows.rowsOf(release)) };
    }
    return this.#release.words.get(id);
  }

  /** Everything that one release announces, in one fold. */
  #wordsOf(entries: readonly Entry[]): Map<number, Announcement> {
    const words = new Map<number, Announcement>();
    let release: Release | undefined;
    for (const entry of entries) {
      release = foldRelease(release, entry);
      for (const [place, one] of this.#announce(entry, release).entries()) {
        words.set(messageId(entry.seq, place), one);
      }
    }
    return words;
  }
}
