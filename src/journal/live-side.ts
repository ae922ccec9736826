import { foldRelease } from '../release/fold-release.ts';
import type { Entry } from '../release/journal-entry.ts';
import { isSideRelease, type Release, type SideRelease } from '../release/release.ts';
import type { Accepted } from '../release/service-state.ts';
import type { Actor, ReleaseId, Side } from '../release/vocabulary.ts';

type Live = Accepted & { readonly seq: number };

/** Follows one service's rows and knows which side had its traffic after each of them. */
export class LiveSide {
  #live: Live | undefined;
  readonly #versions: Partial<Record<Side, string>> = {};
  readonly #releases = new Map<ReleaseId, Release>();

  /** After the rows added so far; undefined while none of them says. */
  get found(): Live | undefined {
    return this.#live;
  }

  add(entry: Entry): void {
    const { what, actor, instant, seq } = entry;
    if (what.kind === 'adopted') {
      this.#live = { side: what.side, by: actor, at: instant.at, seq };
      return;
    }
    const release = this.#fold(entry);
    const side = release === undefined ? undefined : agreed(release);
    if (release === undefined || side === undefined || side === this.#live?.side) return;
    if (isSideRelease(release)) this.#move(entry, release, side);
  }

  #move({ instant, seq }: Entry, release: SideRelease, side: Side): void {
    const { version } = release.plan;
    if (side === release.plan.to && version !== undefined) this.#versions[side] = version;
    const known = this.#versions[side];
    this.#live = {
      side,
      by: handOf(release),
      at: instant.at,
      release: release.id,
      ...(known === undefined ? {} : { version: known }),
      seq,
    };
  }

  #fold(entry: Entry): Release | undefined {
    if (entry.release === undefined) return undefined;
    const release = foldRelease(this.#releases.get(entry.release), entry);
    if (release === undefined || release.ended !== undefined) this.#releases.delete(entry.release);
    else this.#releases.set(entry.release, release);
    return release;
  }
}

/** The side all nodes have in memory. While they differ, or one is not known, the side before still counts. */
function agreed({ nodes }: Release): Side | undefined {
  const held = new Set(Object.values(nodes).map(({ memory }) => memory));
  const [only] = held;
  return held.size === 1 && only !== 'unknown' ? only : undefined;
}

/** Who is behind where the nodes are now: who settled it, who took it back, or who asked for it. */
function handOf({ settling, goingBack, requester }: Release): Actor {
  return settling?.by ?? goingBack?.by ?? requester;
}
