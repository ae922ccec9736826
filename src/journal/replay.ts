import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { type Before, type Change, changesOf } from './derive.ts';
import type { LiveSide } from './live-side.ts';

/** Where a replay of the last rows begins: what all rows up to `seq` come to. */
export interface ReplayStart {
  readonly seq: number;
  readonly services: readonly ServiceState[];
  readonly live: ReadonlyMap<ServiceName, LiveSide>;
}

/** How many ended releases are kept for rows that come after their end. */
const longestTail = 64;

/**
 * Folds the journal's rows, oldest first, into what must stand in the derived tables, and hands each row of them out
 * once, as soon as nothing changes it any more. Keeps open releases and services only, however long the journal is.
 */
export class Replay implements Before {
  readonly #out: (change: Change) => void;
  readonly #rowsBefore: (release: ReleaseId, seq: number) => Iterable<Entry>;
  readonly #releases = new Map<ReleaseId, Release>();
  readonly #ended = new Map<ReleaseId, Release>();
  readonly #services = new Map<ServiceName, ServiceState>();
  readonly #live = new Map<ServiceName, LiveSide>();
  readonly #locks = new Map<ServiceName, Extract<Change, { kind: 'lock' }>>();
  /** The rows before this one are folded. */
  #next = 1;

  /**
   * `rowsBefore` reads a release's rows before `seq`, oldest first: for the rare row that comes long after its end.
   * Such a release is handed out again.
   */
  constructor(
    out: (change: Change) => void,
    rowsBefore: (release: ReleaseId, seq: number) => Iterable<Entry>,
    from?: ReplayStart,
  ) {
    this.#out = out;
    this.#rowsBefore = rowsBefore;
    if (from === undefined) return;
    this.#next = from.seq + 1;
    for (const state of from.services) this.#services.set(state.service, state);
    for (const [service, side] of from.live) this.#live.set(service, side);
    for (const { service, open } of from.services) {
      const release = open === undefined ? undefined : this.#again(open);
      if (release === undefined) continue;
      this.#releases.set(release.id, release);
      const { at } = release.requestedAt;
      this.#locks.set(service, { kind: 'lock', service, release: release.id, at });
    }
  }

  add(entry: Entry): void {
    this.#next = entry.seq;
    for (const change of changesOf(entry, this)) this.#take(change);
    this.#next = entry.seq + 1;
  }

  /** Hands out what is left: open releases, services, locks. */
  finish(): void {
    const releases = [...this.#ended.values(), ...this.#releases.values()];
    for (const release of releases) this.#out({ kind: 'release', release });
    for (const state of this.#services.values()) this.#out({ kind: 'service', state });
    for (const lock of this.#locks.values()) this.#out(lock);
  }

  /** As the rows so far leave it. */
  release(id: ReleaseId): Release | undefined {
    return this.#releases.get(id) ?? this.#ended.get(id) ?? this.#again(id);
  }

  service(name: ServiceName): ServiceState | undefined {
    return this.#services.get(name);
  }

  liveSide(name: ServiceName): LiveSide | undefined {
    return this.#live.get(name);
  }

  #again(id: ReleaseId): Release | undefined {
    const alone = new Replay(
      () => undefined,
      () => [],
    );
    for (const entry of this.#rowsBefore(id, this.#next)) alone.add(entry);
    return alone.#releases.get(id) ?? alone.#ended.get(id);
  }

  #take(change: Change): void {
    switch (change.kind) {
      case 'release':
        this.#takeRelease(change.release);
        return;
      case 'service':
        this.#services.set(change.state.service, change.state);
        return;
      case 'live':
        this.#live.set(change.service, change.side);
        break;
      case 'lock':
        if (!this.#locks.has(change.service)) this.#locks.set(change.service, change);
        return;
      case 'unlock':
        if (this.#locks.get(change.service)?.release === change.release) {
          this.#locks.delete(change.service);
        }
        return;
      default:
        break;
    }
    this.#out(change);
  }

  #takeRelease(release: Release): void {
    if (release.ended === undefined) {
      this.#releases.set(release.id, release);
      return;
    }
    this.#releases.delete(release.id);
    this.#ended.delete(release.id);
    this.#ended.set(release.id, release);
    const [oldest] = this.#ended.values();
    if (this.#ended.size <= longestTail || oldest === undefined) return;
    this.#ended.delete(oldest.id);
    this.#out({ kind: 'release', release: oldest });
  }
}
