import type { Clock, Progress } from '../engine/ports.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import { isEnd } from '../release/states.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { card } from './card.ts';
import { EditPace, editEveryMs } from './edit-pace.ts';
import type { Message } from './message.ts';
import type { Place } from './outbox-store.ts';

export interface CardDeskDeps {
  readonly clock: Clock;
  /** The newest readings of a service's nodes, where somebody keeps watch. */
  readonly readingsOf?: (service: ServiceName) => readonly NodeReading[] | undefined;
  /** Who has locked a service. */
  readonly holdOf?: ((service: ServiceName) => Hold | undefined) | undefined;
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
  readings?: readonly NodeReading[];
  place?: CardPlace;
  editedAt: number;
  dirty: boolean;
}

/** What the releases' cards show besides the journal, and when which of them may be edited for it. */
export class CardDesk {
  readonly #deps: CardDeskDeps;
  readonly #known = new Map<ReleaseId, Known>();
  readonly #pace: EditPace;

  constructor(deps: CardDeskDeps) {
    this.#deps = deps;
    this.#pace = new EditPace(deps.clock);
  }

  /** Notes the numbers of a stage; the card is due for an edit. */
  note(id: ReleaseId, progress: Progress | null): void {
    const known = this.#of(id);
    known.progress = progress ?? undefined;
    if (progress?.readings !== undefined) known.readings = progress.readings;
    known.dirty = true;
  }

  render(release: Release, repeated: string | undefined): Message {
    const known = this.#of(release.id);
    const watched = this.#deps.readingsOf?.(release.service);
    const readings = known.progress?.readings ?? watched ?? known.readings;
    const hold = this.#deps.holdOf?.(release.service);
    return card(release, {
      ...(hold === undefined ? {} : { hold }),
      ...(known.progress === undefined ? {} : { progress: known.progress }),
      ...(readings === undefined ? {} : { readings }),
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
        return { id, inMs: Math.max(0, paced, editedAt + editEveryMs - now) };
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
    const known = this.#known.get(id) ?? { editedAt: -editEveryMs, dirty: false };
    this.#known.set(id, known);
    return known;
  }
}

function nameOf({ channel, ts }: Place): string {
  return `${channel}:${ts}`;
}
