import type { Mutant } from './mutant.ts';

const answers = 'test/engine/answer-drift.test.ts';
const act = 'src/engine/acts/answer-drift.ts';

/** What stands between a press on a drift notice and the whole fleet. */
export const driftMutants: readonly Mutant[] = [
  {
    check: 'stale press: a side is accepted only where some node is on it',
    file: act,
    edits: [
      {
        find: '!now.readings.some((reading) => isSomewhereOn(reading, side))',
        replace: '!now.readings.some((reading) => isSomewhereOn(reading, side) || true)',
      },
    ],
    tests: [answers],
  },
  {
    check: 'stale press: Re-apply needs a node that differs',
    file: act,
    edits: [{ find: 'if (off.length === 0)', replace: 'if (off.length < 0)' }],
    tests: [answers],
  },
  {
    check: 'accept_side policy: a side that is no way back is an operator’s to accept',
    file: act,
    edits: [{ find: 'if (mayNot !== undefined)', replace: "if (mayNot === '')" }],
    tests: [answers],
  },
  {
    check: 'accept_side policy: a hold stands before a side that is no way back',
    file: act,
    edits: [
      { find: 'if (hold !== undefined)', replace: "if (hold !== undefined && side === 'blue')" },
    ],
    tests: [answers],
  },
  {
    check: 'healthy side: a side without servers on some node is not accepted, nor applied again',
    file: act,
    edits: [
      {
        find: 'dead.length === 0 ? undefined',
        replace: 'dead.length >= 0 ? undefined',
      },
    ],
    tests: [answers],
  },
  {
    check: 'healthy side: going back to a side without servers is refused',
    file: 'src/engine/acts/old-side.ts',
    edits: [{ find: 'if (dead.length === 0)', replace: 'if (dead.length >= 0)' }],
    tests: [answers],
  },
  {
    check: 'Re-apply leaves the value of another hand alone',
    file: 'src/engine/take-over.ts',
    edits: [
      {
        find: "overwriteForeign: plan.kind === 'adopt' && plan.foreign !== 'kept'",
        replace: "overwriteForeign: plan.kind === 'adopt'",
      },
    ],
    tests: [answers],
  },
  {
    check: 'a frozen node does not hold back what is told of the others',
    file: 'src/engine/node-looks.ts',
    edits: [
      {
        find: 'await Promise.race([work, late]);',
        replace: 'void late;\n    await work;',
      },
    ],
    tests: ['test/engine/drift-watch.test.ts'],
  },
  {
    check: 'shown: a message shows no reading from before the last write',
    file: 'src/slack/card-desk.ts',
    edits: [{ find: 'return seq >= nodesSeq;', replace: 'return seq >= nodesSeq - 1e9;' }],
    tests: ['test/slack/card-desk.test.ts'],
  },
  {
    check: 'shown: a service that is written to while it is read is read again',
    file: 'src/commands/status.ts',
    edits: [{ find: 'reading === mostReadings ||', replace: 'reading >= 1 ||' }],
    tests: ['test/commands/status.test.ts'],
  },
  {
    check: 'notices: what is asked stands while a node is off',
    file: 'src/engine/drift-watch.ts',
    edits: [{ find: 'seen.last?.off.length === 0;', replace: 'seen.last !== undefined;' }],
    tests: ['test/engine/drift-watch.test.ts'],
  },
];
