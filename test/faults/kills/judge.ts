import { join } from 'node:path';
import { verifyJournal } from '../../../src/journal/verify.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';
import type { Release } from '../../../src/release/release.ts';
import { type Expected, expectedBy } from './expected.ts';
import type { Ground, Holds } from './grounds/ground.ts';
import { committedIn } from './journal-at.ts';
import { whatIsOff } from './judge-drift.ts';
import { judgeEnds } from './judge-ends.ts';

const start: Expected = { memory: 'blue', disk: 'blue' };

/** What a journal ended with before a start: nothing of it may be gone or rewritten after it. */
export interface Before {
  readonly seq: number;
  readonly hash: string;
}

/**
 * I2 right after a kill, before anything is mended: whatever a node holds in memory or on disk that it did not hold
 * at the beginning was intended first.
 */
export async function judgeAsKilled(place: Place, folder: string): Promise<readonly string[]> {
  const { rows } = committedIn(folder);
  const held = await place.held();
  const places = held.flatMap(({ memory, disk }, i) => [
    { node: place.names[i], effect: 'memory', side: memory },
    { node: place.names[i], effect: 'disk', side: disk },
  ]);
  return places.flatMap(({ node, effect, side }) => {
    if (side === 'blue' || side === 'none') return [];
    const intended = rows.some(({ what, node: at }) => {
      const meant = what.kind === 'intent' && (what.effect === effect || what.effect === 'memory');
      return meant && at === node && (side === 'other' || what.to === side);
    });
    return intended ? [] : [`I2: ${node} has ${side} in ${effect} without an intent`];
  });
}

/** Where the nodes are read: of a ground, or of a test's own fleet. */
export type Place = Pick<Ground, 'names' | 'held'>;

/** What must hold once recovery has come to rest: I1, I3, I4, I6, I7 and I9. `open`: as the program has them. */
export async function judgeAtRest(
  place: Place,
  folder: string,
  open: readonly Release[],
  before?: Before,
): Promise<readonly string[]> {
  const { rows, locks, announced } = committedIn(folder);
  const expected = expectedBy(rows, start);
  const held = await place.held();
  const attention = open.filter(({ state }) => state === 'needs_attention');
  return [
    ...offPlace({ names: place.names, held }, expected, open),
    ...attention.flatMap((release) => untold(release, rows, announced)),
    ...judgeEnds(rows),
    ...unlocked(locks, open),
    ...unverified(folder, before),
  ];
}

/** With a release open the disk is its own affair; with one that needs attention the memory is, too. */
function offPlace(
  nodes: { readonly names: readonly string[]; readonly held: readonly Holds[] },
  expected: Expected,
  open: readonly Release[],
): readonly string[] {
  if (open.some(({ state }) => state === 'needs_attention')) return [];
  const held = nodes.held.map(({ memory, disk }) => ({
    memory,
    disk: open.length > 0 ? ('none' as const) : disk,
  }));
  return whatIsOff({ names: nodes.names, held }, expected).map(({ why }) => why);
}

/** I1, second half: people were told, with the lines to settle it by hand. */
function untold(
  { id, attention }: Release,
  rows: readonly Entry[],
  announced: readonly number[],
): readonly string[] {
  const row = rows.findLast(({ release, what }) => {
    return release === id && what.kind === 'needs_attention';
  });
  if (row === undefined || !announced.includes(row.seq)) return [`I1: nobody was told of ${id}`];
  return attention?.byHand.length === 0 ? [`I1: ${id} says nothing to settle it by hand`] : [];
}

function unlocked(locks: readonly string[], open: readonly Release[]): readonly string[] {
  const ids = open.map(({ id }) => id).sort();
  if (JSON.stringify(locks) === JSON.stringify(ids)) return [];
  return [`I6: locked are ${locks.join(', ') || 'none'}, open are ${ids.join(', ') || 'none'}`];
}

function unverified(folder: string, before?: Before): readonly string[] {
  const verified = verifyJournal(
    join(folder, 'pointsman.db'),
    before === undefined ? [] : [before],
  );
  return verified.kind === 'verified' ? [] : [`I4: ${verified.sentence}`];
}
