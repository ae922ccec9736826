import type { Mutant } from './mutant.ts';

const reloads = 'test/faults/reload.test.ts';

/** What stands between a reload in the middle of a release and a fleet that is half switched, or a story that is not true. */
export const reloadMutants: readonly Mutant[] = [
  {
    check: 'a worker that came after the checks is checked before the switch',
    file: 'src/engine/stages/switching.ts',
    edits: [
      {
        find: 'return stopping ||',
        replace: 'if (Date.now() > 0) return false;\n  return stopping ||',
      },
    ],
    tests: [reloads],
  },
  {
    check: 'readings of two workers are not counted as readings of one',
    file: 'src/engine/stages/preflight.ts',
    edits: [{ find: 'same ? before.good : 0', replace: 'same ? before.good : before.good' }],
    tests: [reloads],
  },
  {
    check:
      'a node that fell back while the files were written is brought forward before that is said to be done',
    file: 'src/engine/stages/persisting.ts',
    edits: [{ find: 'if (fallen) {', replace: 'if (fallen && Date.now() < 0) {' }],
    tests: [reloads],
  },
  {
    check: 'a node that leaves the accepted side during the drain is brought back',
    file: 'src/engine/drain-side.ts',
    edits: [{ find: 'if (strays.length === 0)', replace: 'if (strays.length >= 0)' }],
    tests: [reloads],
  },
  {
    check: 'the old workers of a node count as left on the old side',
    file: 'src/engine/stages/left-on-side.ts',
    edits: [
      {
        find: 'sessions: running.sessions + left.sessions,',
        replace: 'sessions: running.sessions,',
      },
    ],
    tests: [reloads],
  },
];
