import type { Mutant } from './mutant.ts';

const size = 'test/release/plan-size.test.ts';

/** A plan fits its row, whatever the fleet and however silent; evidence is not cut. */
export const sizeMutants: readonly Mutant[] = [
  {
    check: 'size: a silent node is a word in the plan',
    file: 'src/release/plan-size.ts',
    edits: [{ find: `why: 'not read'`, replace: 'why: held.why' }],
    tests: [size],
  },
  {
    check: 'size: a rollback that does not fit leaves out what was found',
    file: 'src/release/plan-size.ts',
    edits: [{ find: '{ ...plan, observed: [] }', replace: 'plan' }],
    tests: [size],
  },
  {
    check: 'size: a fleet that no row holds is named before anything is released',
    file: 'src/config/load-config.ts',
    edits: [{ find: 'if (tooLarge.length > 0)', replace: 'if (tooLarge.length > 99)' }],
    tests: ['test/config/largest-plans.test.ts'],
  },
  {
    check: 'size: the gates of a large fleet are in the journal whole',
    file: 'src/engine/gate-rows.ts',
    edits: [{ find: 'bytes + size > mostBytes', replace: 'bytes + size > mostBytes * 1_000' }],
    tests: ['test/engine/gate-rows.test.ts'],
  },
];
