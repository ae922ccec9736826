import type { Mutant } from './mutant.ts';

const ends = 'test/engine/ends.test.ts';
const store = 'test/journal/store.test.ts';
const sessions = 'test/engine/sessions-releases.test.ts';

/** Nothing has an effect for a release that has ended. */
export const endingMutants: readonly Mutant[] = [
  {
    check: 'one driver per service: whoever ends a release waits until its driver is at rest',
    file: 'src/engine/engine.ts',
    edits: [{ find: 'if (run === undefined) return act', replace: 'if (run !== null) return act' }],
    tests: [ends],
    only: 'leaves users a server',
  },
  {
    check: 'gate: a line is not sent once its release is interrupted',
    file: 'src/haproxy/runtime-api.ts',
    edits: [{ find: '      gate.check();\n', replace: '' }],
    tests: ['test/haproxy/runtime-api.test.ts'],
  },
  {
    check:
      'no row, no action: the gate of effects is made behind the commit of their intents alone',
    file: 'src/engine/converge.ts',
    edits: [
      {
        find: 'context.route.writeFenced(reading.node, ask.to, gate)',
        replace:
          'context.route.writeFenced(reading.node, ask.to, (gate ?? context.gate) as EffectGate)',
      },
    ],
    tests: ['test/architecture/effects.test.ts'],
  },
  {
    check: 'store: no row follows the end of a release',
    file: 'src/journal/ledger.ts',
    edits: [
      {
        find: 'if (release.ended !== undefined) throw',
        replace: 'if (release.ended === null) throw',
      },
    ],
    tests: [store],
  },
  {
    check: 'database: no row follows the end of a release',
    file: 'migrations/0003_after_end.sql',
    edits: [{ find: "WHERE release = NEW.release AND kind = 'ended'", replace: 'WHERE 0' }],
    tests: [store],
  },
  {
    check: 'store: no release ends with an open effect',
    file: 'src/journal/ledger.ts',
    edits: [{ find: 'if (open.length === 0) return;', replace: 'if (open.length >= 0) return;' }],
    tests: [store],
  },
  {
    check: 'settling: what was not answered is waited for until it can no longer come',
    file: 'src/engine/effects/settle-writes.ts',
    edits: [{ find: 'return msSince(deps.clock, write.at) >=', replace: 'return 1e9 >=' }],
    tests: [ends],
    only: 'cancelled while a side is let in',
  },
  {
    check: 'settling: a rollback knows of what the release before it has sent',
    file: 'src/engine/acts/hand-over.ts',
    edits: [{ find: 'inherited: late.map(', replace: 'inherited: late.slice(late.length).map(' }],
    tests: [ends],
    only: 'leaves users a server',
  },
  {
    check: 'drift: with no release open the accepted side counts',
    file: 'src/release/service-state.ts',
    edits: [
      { find: '{ ...state, switchedTo: accepted.side }, release)', replace: 'state, release)' },
    ],
    tests: [store],
  },
  {
    check: 'Re-apply drains and takes out the old side where users stay on it',
    file: 'src/release/make-plan.ts',
    edits: [
      {
        find: "ask.kind === 'rollback' || traitsOf(ask.target).sessionsStayMs !== undefined",
        replace: "ask.kind === 'rollback'",
      },
    ],
    tests: [sessions],
  },
  {
    check: 'settling: the same word again does not keep it from its end',
    file: 'src/engine/acts/decide.ts',
    edits: [
      {
        find: 'if (isSettlingOn(release, side)) engine.wake',
        replace: 'if (side === undefined) engine.wake',
      },
    ],
    tests: ['test/engine/safeguards.test.ts'],
    only: 'again and again',
  },
  {
    check: 'taking back what is settled: the same word again does not keep it from its end',
    file: 'src/engine/acts/abort.ts',
    edits: [
      {
        find: 'if (isSettledAlready(release, to, ask)) engine.wake',
        replace: 'if (to === undefined) engine.wake',
      },
    ],
    tests: ['test/engine/safeguards.test.ts'],
    only: 'again and again',
  },
  {
    check: 'a request without the row for its approvals needs a person',
    file: 'src/engine/begin-release.ts',
    edits: [{ find: 'plan.approvers === 0', replace: 'plan.approvers >= 0' }],
    tests: [ends],
  },
];
