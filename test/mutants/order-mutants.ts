import type { Mutant } from './mutant.ts';

const flight = 'src/haproxy/routes/sessions/health/flight.ts';
const health = 'test/haproxy/routes/sessions/health/switch.test.ts';
const moved = 'test/engine/has-moved.test.ts';

/** An outcome is the same whoever answers first, and however late. */
export const orderMutants: readonly Mutant[] = [
  {
    check: 'order: one application that took the switch is no refusal, whoever refused first',
    file: flight,
    edits: [{ find: 'isSomeOn(before) || told.some(mayBeOn)', replace: 'isSomeOn(before)' }],
    tests: [health],
  },
  {
    check: 'order: an application that was on gets users by the line alone',
    file: flight,
    edits: [{ find: `isSomeOn(before) ? 'unknown' : 'not_applied'`, replace: `'not_applied'` }],
    tests: [health],
  },
  {
    check: 'order: a line of which a part was refused is read before it is judged',
    file: 'src/haproxy/write-reply.ts',
    edits: [{ find: 'words.length === writes', replace: 'words.length > 0' }],
    tests: ['test/haproxy/write-reply.test.ts'],
  },
  {
    check:
      'order: a write that was answered with yes has moved users, whatever the next reading shows',
    file: 'src/engine/has-moved.ts',
    edits: [{ find: ' || readback !== undefined', replace: '' }],
    tests: [moved],
  },
  {
    check: 'order: a write without an answer may have moved users',
    file: 'src/engine/has-moved.ts',
    edits: [{ find: ` || outcome === 'unknown'`, replace: '' }],
    tests: [moved],
  },
  {
    check: 'order: what is written back from the new side had users',
    file: 'src/engine/has-moved.ts',
    edits: [{ find: 'before === wordsOf(target)[to]', replace: 'false' }],
    tests: [moved],
  },
  {
    check:
      'order: at the end of the time a row of good readings is let grow, a short one is not enough',
    file: 'src/engine/good-readings.ts',
    edits: [{ find: 'good === 0 && timeIsUp', replace: 'timeIsUp' }],
    tests: ['test/engine/good-readings.test.ts'],
  },
  {
    check: 'order: after a crash a slow node is waited for, its file may name the new side',
    file: 'src/engine/recover.ts',
    edits: [
      {
        find: 'const readings = await readFleet(context.route, target);',
        replace: 'const readings = await readFleetInTime(context.route, target);',
      },
      {
        find: `import { isOn, readFleet } from './fleet.ts';`,
        replace: `import { isOn, readFleet, readFleetInTime } from './fleet.ts';`,
      },
    ],
    tests: ['test/engine/restored.test.ts'],
  },
  {
    check: 'order: nodes that are slow, all of them, are not taken for silent',
    file: 'src/engine/fleet.ts',
    edits: [
      {
        find: '  const first = new Promise<void>((resolve) => {\n    answered = resolve;\n  });',
        replace: '  const first = Promise.resolve();',
      },
    ],
    tests: ['test/engine/in-a-hurry.test.ts'],
  },
];
