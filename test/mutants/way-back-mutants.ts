import type { Mutant } from './mutant.ts';

const state = 'src/release/service-state.ts';
const fold = 'test/release/service-state.test.ts';
const doors = 'test/engine/rollback.test.ts';

/** `/rollback` goes to stable, whoever says it and however often. */
export const wayBackMutants: readonly Mutant[] = [
  {
    check: 'way back: a rollback uses it up',
    file: state,
    edits: [
      {
        find: `      return stableNow(moved, said('taken_back', entry, release));
    case 'adopt':`,
        replace: `      return forwardTo(moved, release);
    case 'adopt':`,
      },
    ],
    tests: [fold, doors],
  },
  {
    check: 'way back: a side that an operator named is stable',
    file: state,
    edits: [
      {
        find: `: stableNow(moved, said('named', entry, release));`,
        replace: ': forwardTo(moved, release);',
      },
    ],
    tests: [fold],
  },
  {
    check: 'way back: the same side written again does not use it up',
    file: state,
    edits: [{ find: 'state.accepted?.side === plan.to\n', replace: 'state.lastNumber < 0\n' }],
    tests: [fold],
  },
  {
    check: 'way back: a release that was begun and did not stay leaves none',
    file: state,
    edits: [{ find: 'return begun(state, release);', replace: 'return state;' }],
    tests: [fold, doors],
  },
  {
    check: 'way back: a release that is settled where it came from was taken back',
    file: state,
    edits: [
      {
        find: `if (plan.kind === 'forward' && side === plan.to) return forwardTo(moved, release);`,
        replace: `if (plan.kind === 'forward') return forwardTo(moved, release);`,
      },
    ],
    tests: [fold],
  },
  {
    check: 'way back: what was judged before the nodes were read must still be there',
    file: 'src/engine/acts/rollback.ts',
    edits: [
      {
        find: 'if (state.wayBack?.takesBack !== takesBack)',
        replace: 'if (takesBack === undefined)',
      },
      {
        find: 'if (open !== undefined && !isDraining(open)) return inFlight(engine, open, ask, by);\n  const state',
        replace: '  const state',
      },
    ],
    tests: [doors],
  },
  {
    check: 'way back: a request that waits for its approval is not ended by a rollback',
    file: 'src/engine/acts/rollback.ts',
    edits: [{ find: `if (open.state === 'awaiting_approval')`, replace: 'if (false)' }],
    tests: [doors],
  },
  {
    check: 'way back: Accept on a drift notice is a rollback only where one would go',
    file: 'src/engine/acts/answer-drift.ts',
    edits: [
      { find: 'wayBack?.to === side', replace: 'wayBack?.to !== otherSide(side)' },
      {
        find: `import type { Side } from '../../release/vocabulary.ts';`,
        replace: `import { otherSide, type Side } from '../../release/vocabulary.ts';`,
      },
    ],
    tests: [doors],
  },
];
