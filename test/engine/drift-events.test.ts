import { expect, test } from 'vitest';
import {
  type DriftEvent,
  type DriftFacts,
  driftEvents,
  type Seen,
} from '../../src/engine/drift-events.ts';
import type { NodeReading } from '../../src/release/reading.ts';
import type { NodeName } from '../../src/release/vocabulary.ts';
import { aReading, aState, away, blue, green, newWorker, openAt } from './a-reading.ts';

interface Round {
  readonly reads: NodeReading;
  readonly facts?: Partial<DriftFacts>;
  /** What this round tells, without the node; nothing by default. */
  readonly tells?: Omit<DriftEvent, 'node'>;
}

/** Plays rounds one after the other; what each of them tells. */
function play(rounds: readonly Round[]): readonly (readonly DriftEvent[])[] {
  let seen: ReadonlyMap<NodeName, Seen> = new Map();
  return rounds.map(({ reads, facts }) => {
    const all = { service: 'checkout', state: aState(), open: undefined, wrote: false, ...facts };
    const round = driftEvents(seen, [reads], { traits: { disk: 'at_acceptance' }, ...all });
    seen = round.seen;
    return round.events;
  });
}

const inSync = { reads: aReading() };
const bothSides = { choice: { reapply: 'green', accept: 'blue' } } as const;
const awaiting = { open: openAt('awaiting_acceptance') };
const twice = { kind: 'duplicate', values: ['backend_green', 'backend_blue'] } as const;
const adopt = '`/release adopt checkout green because <reason>` makes all nodes alike.';

const stories: readonly (readonly [string, readonly Round[]])[] = [
  ['a node that stays in sync tells nothing', [inSync, inSync]],
  [
    'a node that reloaded and fell back offers both sides, once',
    [
      inSync,
      {
        reads: aReading({ memory: blue, disk: blue, worker: newWorker }),
        tells: {
          kind: 'drift_seen',
          what: 'worker',
          sentence: 'lb-1 reloaded at 14:02 UTC and is back on blue, not green.',
          ...bothSides,
        },
      },
      { reads: aReading({ memory: blue, disk: blue, worker: newWorker }) },
      {
        reads: aReading({ worker: newWorker }),
        tells: {
          kind: 'drift_seen',
          what: 'back',
          sentence: 'lb-1 is in sync again, on green.',
        },
      },
    ],
  ],
  [
    'a worker with the same pid that started later is another worker',
    [
      inSync,
      {
        reads: aReading({ memory: blue, disk: blue, worker: { ...newWorker, pid: 100 } }),
        tells: {
          kind: 'drift_seen',
          what: 'worker',
          sentence: 'lb-1 reloaded at 14:02 UTC and is back on blue, not green.',
          ...bothSides,
        },
      },
    ],
  ],
  [
    'a reload that changes nothing offers nothing',
    [
      inSync,
      {
        reads: aReading({ worker: newWorker }),
        tells: {
          kind: 'drift_seen',
          what: 'reload',
          sentence: 'lb-1 reloaded at 14:02 UTC and is on green, as it should be.',
        },
      },
      { reads: aReading({ worker: newWorker }) },
    ],
  ],
  [
    'the reload by which Pointsman itself wrote tells nothing; one behind it does',
    [
      inSync,
      {
        reads: aReading({ disk: green, worker: newWorker }),
        facts: { wrote: true, traits: { disk: 'with_memory' } },
      },
      {
        reads: aReading({ disk: green, worker: { ...newWorker, pid: 300 } }),
        facts: { traits: { disk: 'with_memory' } },
        tells: {
          kind: 'drift_seen',
          what: 'reload',
          sentence: 'lb-1 reloaded at 14:02 UTC and is on green, as it should be.',
        },
      },
    ],
  ],
  [
    'a configuration that another hand changed is told as such: of worker and file together',
    [
      { reads: aReading({ disk: green }), facts: { traits: { disk: 'with_memory' } } },
      {
        reads: aReading({ memory: { kind: 'between', words: 'older than it' }, disk: blue }),
        facts: { traits: { disk: 'with_memory' } },
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence:
            'Another hand changed the configuration file: lb-1 has neither side whole (older than it) in memory, not green. lb-1 has blue on disk, not green: a reload would bring that back.',
          ...bothSides,
        },
      },
    ],
  ],
  [
    'a worker on its way out tells nothing of the node',
    [
      inSync,
      { reads: aReading({ memory: blue, stopping: true }) },
      { reads: aReading({ memory: green, stopping: true }) },
      inSync,
    ],
  ],
  [
    'a map that another hand changed is an external change, once per value',
    [
      inSync,
      {
        reads: aReading({ memory: blue }),
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence: 'Another hand changed the map: lb-1 has blue in memory, not green.',
          ...bothSides,
        },
      },
      { reads: aReading({ memory: blue }) },
      {
        reads: aReading({ memory: { kind: 'foreign', value: 'purple' } }),
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence: `Another hand changed the map: lb-1 has purple (neither side) in memory, not green. ${adopt}`,
        },
      },
    ],
  ],
  [
    'a value that Pointsman may have written itself is nobody else’s',
    [
      inSync,
      {
        reads: aReading({ memory: blue }),
        facts: { wrote: true },
        tells: {
          kind: 'drift_seen',
          what: 'memory',
          sentence: 'lb-1 has blue in memory, not green.',
          ...bothSides,
        },
      },
    ],
  ],
  [
    'a file that another hand changed is an external change, and a reload would bring it',
    [
      inSync,
      {
        reads: aReading({ disk: blue }),
        tells: {
          kind: 'external_change',
          what: 'disk',
          sentence:
            'Another hand changed the map file: lb-1 has blue on disk, not green: a reload would bring that back.',
          ...bothSides,
        },
      },
      { reads: aReading({ disk: blue }) },
      {
        reads: aReading({ disk: blue, memory: blue }),
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence: 'Another hand changed the map: lb-1 has blue in memory, not green.',
          ...bothSides,
        },
      },
    ],
  ],
  [
    'a file that differs at the first look is told, and not blamed on anybody',
    [
      {
        reads: aReading({ disk: { kind: 'missing' } }),
        tells: {
          kind: 'drift_seen',
          what: 'disk',
          sentence: `lb-1 has no entry for the key on disk, it should name green. ${adopt}`,
        },
      },
      { reads: aReading({ disk: { kind: 'missing' } }) },
    ],
  ],
  [
    'a key twice in a map is told, also where nobody ever released and the file has it twice too',
    [
      {
        reads: aReading({ memory: twice, disk: twice }),
        facts: { state: { service: 'checkout', versions: {}, lastNumber: 0 } },
        tells: {
          kind: 'drift_seen',
          what: 'memory',
          sentence:
            "lb-1 has the key 2 times in memory (backend_green, backend_blue): which one counts is HAProxy's choice. lb-1 has the key 2 times on disk (backend_green, backend_blue): which one counts is HAProxy's choice. Take the surplus entries out by hand, then `/release adopt checkout blue|green because <reason>` makes all nodes alike.",
        },
      },
    ],
  ],
  [
    'a key that appears twice between two rounds is an external change',
    [
      inSync,
      {
        reads: aReading({ memory: twice }),
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence: `Another hand changed the map: lb-1 has the key 2 times in memory (backend_green, backend_blue): which one counts is HAProxy's choice. Take the surplus entries out by hand, then ${adopt}`,
        },
      },
    ],
  ],
  [
    'a node that is away is told once, and so is its return',
    [
      inSync,
      {
        reads: away,
        tells: { kind: 'drift_seen', what: 'reach', sentence: 'lb-1 does not answer: nobody.' },
      },
      { reads: away },
      {
        reads: aReading(),
        tells: {
          kind: 'drift_seen',
          what: 'reach',
          sentence: 'lb-1 answers again and is on green, as it should be.',
        },
      },
      inSync,
    ],
  ],
  [
    'a node that comes back on the other side offers both, in one message',
    [
      inSync,
      {
        reads: away,
        tells: { kind: 'drift_seen', what: 'reach', sentence: 'lb-1 does not answer: nobody.' },
      },
      {
        reads: aReading({ memory: blue, disk: blue, worker: newWorker }),
        tells: {
          kind: 'drift_seen',
          what: 'reach',
          sentence: 'lb-1 answers again, started anew at 14:02 UTC, and is on blue, not green.',
          ...bothSides,
        },
      },
      { reads: aReading({ memory: blue, disk: blue, worker: newWorker }) },
    ],
  ],
  [
    'a file that is meant to be behind until acceptance is no event',
    [{ reads: aReading({ disk: blue }), facts: { ...awaiting, state: beforeAcceptance() } }],
  ],
  [
    'while a release is open nobody is asked to choose; when it has ended and the node is still off, they are',
    [
      { ...inSync, facts: { open: openAt('draining') } },
      {
        reads: aReading({ memory: blue }),
        facts: { open: openAt('draining') },
        tells: {
          kind: 'external_change',
          what: 'memory',
          sentence: 'Another hand changed the map: lb-1 has blue in memory, not green.',
        },
      },
      { reads: aReading({ memory: blue }), facts: { open: openAt('draining') } },
      {
        reads: aReading({ memory: blue }),
        tells: {
          kind: 'drift_seen',
          what: 'memory',
          sentence: 'lb-1 has blue in memory, not green.',
          ...bothSides,
        },
      },
      { reads: aReading({ memory: blue }) },
    ],
  ],
];

function beforeAcceptance() {
  const { accepted: _, ...state } = aState();
  return { ...state, accepted: { ...aState().accepted, side: 'blue' } } as DriftFacts['state'];
}

test.each(stories)('%s', (_, rounds) => {
  const told = play(rounds);

  expect(told).toEqual(
    rounds.map(({ tells }) => (tells === undefined ? [] : [{ ...tells, node: 'lb-1' }])),
  );
});
