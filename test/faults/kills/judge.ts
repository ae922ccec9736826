import { join } from 'node:path';
import { verifyJournal } from '../../../src/journal/verify.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';
import type { Release } from '../../../src/release/release.ts';
import type { Side } from '../../../src/release/vocabulary.ts';
import { type Expected, expectedBy } from './expected.ts';
import type { Ground, Holds } from './grounds/ground.ts';
import { committedIn } from './journal-at.ts';

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

/** What must hold once recovery has come to rest: I1, I3, I4, I6 and I7. `open`: as the program has them. */
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
    ...(attention.length > 0 ? [] : offMemory(held, place, expected.memory)),
    ...(open.length > 0 ? [] : offDisk(held, place, expected.disk)),
    ...attention.flatMap((release) => untold(release, rows, announced)),
    ...unclosed(rows),
    ...unlocked(locks, open),
    ...unverified(folder, before),
  ];
}

function offMemory(held: readonly Holds[], { names }: Place, side: Side): readonly string[] {
  return held.flatMap(({ memory }, i) =>
    memory === side ? [] : [`I1: ${names[i]} has ${memory}, the rows want ${side}`],
  );
}

function offDisk(held: readonly Holds[], { names }: Place, side: Side): readonly string[] {
  return held.flatMap(({ disk }, i) =>
    disk === side || disk === 'none'
      ? []
      : [`I7: ${names[i]} has ${disk} on disk, the rows want ${side}`],
  );
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

function unclosed(rows: readonly Entry[]): readonly string[] {
  const ended = new Set(
    rows.filter(({ what }) => what.kind === 'ended').map(({ release }) => release),
  );
  const closed = new Set(
    rows.flatMap(({ what }) => {
      const closes =
        what.kind === 'reconciled' || (what.kind === 'result' && what.outcome !== 'unknown');
      return closes ? [what.intent] : [];
    }),
  );
  return rows
    .filter(({ what, release, seq }) => {
      return what.kind === 'intent' && ended.has(release) && !closed.has(seq);
    })
    .map(({ release, seq }) => `I3: ${release} has ended with the open intent ${seq}`);
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
