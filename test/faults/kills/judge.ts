import { join } from 'node:path';
import { verifyJournal } from '../../../src/journal/verify.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';
import type { Release } from '../../../src/release/release.ts';
import type { Side } from '../../../src/release/vocabulary.ts';
import type { TestFleet } from '../../support/haproxy.ts';
import { type Expected, expectedBy } from './expected.ts';
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
export async function judgeAsKilled(fleet: TestFleet, folder: string): Promise<readonly string[]> {
  const { rows } = committedIn(folder);
  const places = await Promise.all(
    fleet.nodes.flatMap((node) => [
      node.memory().then((held) => ({ node: node.name, effect: 'memory', held })),
      Promise.resolve({ node: node.name, effect: 'disk', held: node.disk().trim().split(' ')[1] }),
    ]),
  );
  return places.flatMap(({ node, effect, held }) => {
    if (held === 'backend_blue') return [];
    const intended = rows.some((row) => {
      const { what, after } = row;
      return (
        what.kind === 'intent' && what.effect === effect && row.node === node && after === held
      );
    });
    return intended ? [] : [`I2: ${node} has ${held} in ${effect} without an intent`];
  });
}

/** What must hold once recovery has come to rest: I1, I3, I4, I6 and I7. `open`: as the program has them. */
export async function judgeAtRest(
  fleet: TestFleet,
  folder: string,
  open: readonly Release[],
  before?: Before,
): Promise<readonly string[]> {
  const { rows, locks, announced } = committedIn(folder);
  const expected = expectedBy(rows, start);
  const attention = open.filter(({ state }) => state === 'needs_attention');
  return [
    ...(attention.length > 0 ? [] : await offMemory(fleet, expected.memory)),
    ...(open.length > 0 ? [] : offDisk(fleet, expected.disk)),
    ...attention.flatMap((release) => untold(release, rows, announced)),
    ...unclosed(rows),
    ...unlocked(locks, open),
    ...unverified(folder, before),
  ];
}

async function offMemory(fleet: TestFleet, side: Side): Promise<readonly string[]> {
  const held = await Promise.all(fleet.nodes.map((node) => node.memory()));
  return fleet.nodes.flatMap(({ name }, i) =>
    held[i] === `backend_${side}` ? [] : [`I1: ${name} has ${held[i]}, the rows want ${side}`],
  );
}

function offDisk(fleet: TestFleet, side: Side): readonly string[] {
  return fleet.nodes.flatMap((node) =>
    node.disk() === `active backend_${side}\n`
      ? []
      : [`I7: ${node.name} has ${node.disk().trim()} on disk, the rows want ${side}`],
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
