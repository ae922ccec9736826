import type { Clock, Progress, ServersReading } from '../engine/ports.ts';
import type { Instant } from '../release/journal-entry.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import { isEnd } from '../release/states.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { Timings } from '../timing/timings.ts';
import { card } from './card.ts';
import type { CardView } from './card-view.ts';
import { EditPace } from './edit-pace.ts';
import type { Message } from './message.ts';
import type { Place } from './outbox-store.ts';

/** What the nodes of a release have: its sides, or its single servers. */
export type NodesRead =
  | { readonly kind: 'sides'; readonly readings: readonly NodeReading[] }
  | { readonly kind: 'servers'; readonly servers: readonly ServersReading[] };

export interface CardDeskDeps {
  readonly clock: Clock;
  readonly timings: Timings;
  /** The newest row that changed a release: what was read before a later one may be old. */
  readonly headOf: (id: ReleaseId) => number;
  /** Reads the nodes of a release now. */
  readonly readNow?: ((release: Release) => Promise<NodesRead>) | undefined;
  /** Who has locked a service. */
  readonly holdOf?: ((service: ServiceName) => Hold | undefined) | undefined;
}

/** A reading of the nodes, the newest row of the release when it began, and when that was. */
interface Look {
  readonly read: NodesRead;
  readonly seq: number;
  readonly at: Instant;
}

/** Where a card stands, and the mark that it keeps where an older copy may stand there too. */
export interface CardPlace extends Place {
  readonly repeated?: string;
}

interface Known {
  service?: ServiceName;
  /** The lock that the card shows. */
  hold?: string | undefined;
  progress?: Progress | undefined;
  look?: Look;
  place?: CardPlace;
  editedAt: number;
  dirty: boolean;
}

/** A message that is edited takes a new reading where the last one is older, milliseconds. */
const oldMs = 3_000;
/** It is not kept waiting longer for nodes that do not answer. */
const readingMs = 1_500;

/** The release itself is writing or reading just then, and says what it finds. */
const busy: ReadonlySet<Release['state']> = new Set([
  'requested',
  'deploying',
  'preflight',
  'switching',
  'verifying',
  'persisting',
]);

/** What the releases' cards show besides the journal, and when which of them may be edited for it. */
export class CardDesk {
  readonly #deps: CardDeskDeps;
  readonly #known = new Map<ReleaseId, Known>();
  readonly #pace: EditPace;

  constructor(deps: CardDeskDeps) {
    this.#deps = deps;
    this.#pace = new EditPace(deps.clock, deps.timings);
  }

  /** Notes the numbers of a stage; the card is due for an edit. */
  note(id: ReleaseId, progress: Progress | null): void {
    const known = this.#of(id);
    known.progress = progress ?? undefined;
    const read = progress === null ? undefined : readOf(progress);
    if (read !== undefined) {
      known.look = { read, seq: this.#deps.headOf(id), at: this.#deps.clock.now() };
    }
    known.dirty = true;
  }

  /** Reads the nodes where what is known of them is old, or from before the last write. */
  async refresh(release: Release): Promise<void> {
    const { readNow, clock } = this.#deps;
    const known = this.#of(release.id);
    const at = clock.now();
    if (readNow === undefined || busy.has(release.state)) return;
    if (known.look !== undefined && isFresh(known.look, release)) {
      if (at.mono - known.look.at.mono <= oldMs) return;
    }
    const limit = new AbortController();
    const late = clock.sleep(readingMs, limit.signal).catch(() => undefined);
    const reading = readNow(release).catch(() => undefined);
    const read = await Promise.race([reading, late]);
    limit.abort();
    if (read !== undefined) known.look = { read, seq: release.head.seq, at };
  }

  render(release: Release, repeated: string | undefined): Message {
    const { look, progress } = this.#of(release.id);
    const hold = this.#deps.holdOf?.(release.service);
    return card(release, {
      ...(hold === undefined ? {} : { hold }),
      ...(progress === undefined ? {} : { progress }),
      ...(look === undefined || !isFresh(look, release) ? {} : viewOf(look)),
      ...(repeated === undefined ? {} : { repeated }),
    });
  }

  /** Where the release's message stands; also while the journal could not be told of it. */
  placeOf(release: Release): CardPlace | undefined {
    return this.#known.get(release.id)?.place ?? release.message;
  }

  /** A card was just shown as the release is now. */
  shown(release: Release, place: CardPlace): void {
    const known = this.#of(release.id);
    known.place = place;
    known.editedAt = this.#deps.clock.now().mono;
    known.dirty = false;
    known.service = release.service;
    known.hold = this.#lockOf(release.service);
    if (isEnd(release.state)) this.#known.delete(release.id);
  }

  /** An edit for progress did not come through: the next one is as far away as after any other. */
  missed(id: ReleaseId): void {
    this.#of(id).editedAt = this.#deps.clock.now().mono;
  }

  /** Milliseconds until a release's message may show its new state; 0 where it is not posted yet. */
  stateInMs(id: ReleaseId, release: Release | undefined): number {
    const place = this.#known.get(id)?.place ?? release?.message;
    return place === undefined ? 0 : this.#pace.inMs(nameOf(place), true);
  }

  /** Milliseconds until a message that is no release's may be edited. */
  editInMs(place: Place): number {
    return this.#pace.inMs(nameOf(place), false);
  }

  /** Its message is being edited. */
  editing(place: Place): void {
    this.#pace.edited(nameOf(place));
  }

  /** Nothing of it is shown any more. */
  forget(id: ReleaseId): void {
    this.#known.delete(id);
  }

  /** The cards with news, and in how many milliseconds each may be edited. */
  due(): readonly { readonly id: ReleaseId; readonly inMs: number }[] {
    const now = this.#deps.clock.now().mono;
    return [...this.#known]
      .filter(([, known]) => known.dirty || this.#lockChanged(known))
      .map(([id, { editedAt, place }]) => {
        const paced = place === undefined ? 0 : this.#pace.inMs(nameOf(place), false);
        return { id, inMs: Math.max(0, paced, editedAt + this.#deps.timings.editEveryMs - now) };
      });
  }

  /** A lock is no row of the release: who is to approve must see it all the same. */
  #lockChanged({ service, hold }: Known): boolean {
    return service !== undefined && this.#lockOf(service) !== hold;
  }

  #lockOf(service: ServiceName): string | undefined {
    const hold = this.#deps.holdOf?.(service);
    return hold === undefined ? undefined : `${hold.by} ${hold.at}`;
  }

  #of(id: ReleaseId): Known {
    const known = this.#known.get(id) ?? {
      editedAt: -this.#deps.timings.editEveryMs,
      dirty: false,
    };
    this.#known.set(id, known);
    return known;
  }
}

function nameOf({ channel, ts }: Place): string {
  return `${channel}:${ts}`;
}

function isFresh({ seq }: Look, { nodesSeq = 0 }: Release): boolean {
  return seq >= nodesSeq;
}

function readOf({ readings, servers }: Progress): NodesRead | undefined {
  if (readings !== undefined) return { kind: 'sides', readings };
  return servers === undefined ? undefined : { kind: 'servers', servers };
}

function viewOf({ read, at }: Look): Pick<CardView, 'readings' | 'servers' | 'readAt'> {
  const readAt = at.at;
  return read.kind === 'sides'
    ? { readings: read.readings, readAt }
    : { servers: read.servers, readAt };
}
