import { expect, test } from 'vitest';
import { type OldWorkersSeen, oldWorkerEvents } from '../../src/engine/old-worker-events.ts';
import type { OldWorker, OldWorkers } from '../../src/release/reading.ts';
import { type NodeName, nodeName, type Side } from '../../src/release/vocabulary.ts';

const unknown: OldWorkers = { kind: 'unknown', why: 'refused.' };

function known(...workers: readonly (readonly [number, number, number])[]): OldWorkers {
  const all = workers.map(([pid, blue, green]): OldWorker => ({ pid, sessions: { blue, green } }));
  return { kind: 'known', workers: all };
}

/** Plays rounds of lb-2, whose desired side is `desired`; the sentences of each round. */
function play(rounds: readonly OldWorkers[], desired: Side | 'nobody said' = 'green') {
  const side = desired === 'nobody said' ? undefined : desired;
  let seen: ReadonlyMap<NodeName, OldWorkersSeen> = new Map();
  return rounds.map((workers) => {
    const round = oldWorkerEvents(seen, new Map([[nodeName('lb-2'), workers]]), side);
    seen = round.seen;
    return round.events.map(({ sentence }) => sentence);
  });
}

test('an old worker that serves the old side is told once, and its end is', () => {
  expect(play([known(), known([123, 4, 1]), known([123, 2, 0]), known(), known()])).toEqual([
    [],
    ['lb-2: an old worker (pid 123) still serves 4 sessions on blue after a reload.'],
    [],
    ['lb-2: the old worker (pid 123) has ended.'],
    [],
  ]);
});

test('its last session on the old side is an end too, and told once', () => {
  expect(play([known([123, 1, 1]), known([123, 0, 1]), known([123, 1, 0]), known()])).toEqual([
    ['lb-2: an old worker (pid 123) still serves 1 session on blue after a reload.'],
    ['lb-2: the old worker (pid 123) serves no session on blue any more.'],
    [],
    [],
  ]);
});

test('sessions on the side that is desired are a usual reload; where none is, both are told', () => {
  expect(play([known([123, 0, 9]), known()])).toEqual([[], []]);
  expect(play([known([123, 2, 9])], 'nobody said')).toEqual([
    [
      'lb-2: an old worker (pid 123) still serves 2 sessions on blue and 9 sessions on green after a reload.',
    ],
  ]);
});

test('every worker is an event of its own', () => {
  expect(play([known([123, 4, 0]), known([123, 4, 0], [456, 1, 0])])).toEqual([
    ['lb-2: an old worker (pid 123) still serves 4 sessions on blue after a reload.'],
    ['lb-2: an old worker (pid 456) still serves 1 session on blue after a reload.'],
  ]);
});

test('a master that is silent for a moment is a reload; one that stays silent is told once, and its return', () => {
  expect(play([known([123, 4, 0]), unknown, known([123, 4, 0])])).toEqual([
    ['lb-2: an old worker (pid 123) still serves 4 sessions on blue after a reload.'],
    [],
    [],
  ]);
  expect(play([unknown, unknown, unknown, unknown, known()])).toEqual([
    [],
    [],
    [
      'lb-2: its master process does not answer, so nobody sees what old workers still serve: refused.',
    ],
    [],
    ['lb-2: its master process answers again.'],
  ]);
});
