import { expect, test } from 'vitest';
import { judgeDrift } from '../../src/engine/judge-drift.ts';
import type { Held } from '../../src/release/reading.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { aReading, aState, blue, green, openAt } from './a-reading.ts';

const none: Held = { kind: 'none' };

/** Switched to green, not accepted: blue is what was accepted last. */
const switched = aState({
  accepted: { side: 'blue', by: actor('U0RITA'), at: '2026-11-20T00:00:00.000Z' },
});

const verdictOf = (
  disk: Held,
  keeps: 'at_acceptance' | 'with_memory' | 'none',
  memory: Held = green,
) => {
  const facts = { state: switched, open: openAt('awaiting_acceptance'), traits: { disk: keeps } };
  const { verdict, sentence, desiredDisk } = judgeDrift(aReading({ memory, disk }), facts);
  return { verdict, sentence, desiredDisk };
};

test('a map file is behind until the release is accepted, and that is no alarm', () => {
  expect(verdictOf(blue, 'at_acceptance')).toEqual({
    verdict: 'unpersisted',
    sentence: 'lb-1 has green in memory, blue on disk until it is accepted.',
    desiredDisk: 'blue',
  });
});

test('a file that the switch itself writes names the new side at once', () => {
  expect(verdictOf(green, 'with_memory')).toEqual({
    verdict: 'in sync',
    sentence: '',
    desiredDisk: 'green',
  });
  expect(verdictOf(blue, 'with_memory')).toEqual({
    verdict: 'drifted',
    sentence: 'lb-1 has blue on disk, not green: a reload would bring that back.',
    desiredDisk: 'green',
  });
});

test('where nothing is kept on disk, memory alone decides', () => {
  expect(verdictOf(none, 'none')).toEqual({
    verdict: 'in sync',
    sentence: '',
    desiredDisk: undefined,
  });
  expect(verdictOf(none, 'none', { kind: 'between', words: 'b1 ready, g1 ready' })).toEqual({
    verdict: 'drifted',
    sentence: 'lb-1 has neither side whole (b1 ready, g1 ready) in memory, not green.',
    desiredDisk: undefined,
  });
});
