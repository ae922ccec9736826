import type { Entry } from '../release/journal-entry.ts';
import { isSideRelease, type Release, type SideRelease } from '../release/release.ts';
import type { Accepted } from '../release/service-state.ts';
import type { Actor, Side } from '../release/vocabulary.ts';

/** Which side had a service's traffic from one row on. */
export interface LiveSide {
  readonly seq: number;
  /** ISO 8601, UTC; never earlier than that of the row before. */
  readonly since: string;
  readonly live: Accepted;
  /** The last version that each side was given, as far as the journal says. */
  readonly versions: Partial<Readonly<Record<Side, string>>>;
}

/** The live side after one more row of its service; `was` itself where the row moves nothing. */
export function foldLiveSide(
  was: LiveSide | undefined,
  entry: Entry,
  release: Release | undefined,
): LiveSide | undefined {
  const { what, actor, instant } = entry;
  if (what.kind === 'adopted') {
    return next(was, entry, { side: what.side, by: actor, at: instant.at }, was?.versions ?? {});
  }
  if (release === undefined || !isSideRelease(release)) return was;
  const side = agreed(release);
  if (side === undefined || side === was?.live.side) return was;
  return moved(was, entry, release, side);
}

function moved(
  was: LiveSide | undefined,
  entry: Entry,
  release: SideRelease,
  side: Side,
): LiveSide {
  const { version: given, to } = release.plan;
  const versions = {
    ...was?.versions,
    ...(side === to && given !== undefined ? { [side]: given } : {}),
  };
  const version = versions[side];
  const live: Accepted = {
    side,
    by: handOf(release),
    at: entry.instant.at,
    release: release.id,
    ...(version === undefined ? {} : { version }),
  };
  return next(was, entry, live, versions);
}

function next(
  was: LiveSide | undefined,
  { seq, instant }: Entry,
  live: Accepted,
  versions: LiveSide['versions'],
): LiveSide {
  const since = was !== undefined && was.since > instant.at ? was.since : instant.at;
  return { seq, since, live, versions };
}

/** The side all nodes have in memory. While they differ, or one is not known, the side before still counts. */
function agreed({ nodes }: Release): Side | undefined {
  const memories = new Set(Object.values(nodes).map(({ memory }) => memory));
  const [only] = memories;
  return memories.size === 1 && only !== 'unknown' ? only : undefined;
}

/** Who is behind where the nodes are now: who settled it, who took it back, or who asked for it. */
function handOf({ settling, goingBack, requester }: Release): Actor {
  return settling?.by ?? goingBack?.by ?? requester;
}
