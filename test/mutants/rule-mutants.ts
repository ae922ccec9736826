import type { Mutant } from './mutant.ts';

const approval = 'test/engine/approval.test.ts';
const mayExecute = 'test/policy/may-execute.test.ts';

/** Who may, and what they have seen. */
export const ruleMutants: readonly Mutant[] = [
  {
    check: 'role check at execution',
    file: 'src/engine/stages/switching.ts',
    edits: [
      { find: 'if (refusal !== undefined) return', replace: 'if (refusal === "never") return' },
    ],
    tests: [approval],
  },
  {
    check: 'roles at the door',
    file: 'src/commands/door.ts',
    edits: [
      {
        find: `if (verdict.kind === 'refused') return`,
        replace: `if (verdict.kind !== 'allowed' && deed === 'help') return`,
      },
    ],
    tests: ['test/engine/safeguards.test.ts'],
  },
  {
    check: 'digest: a press on a message that shows another plan',
    file: 'src/engine/acts/decide.ts',
    edits: [
      {
        find: 'seen !== undefined && !release.planDigest',
        replace: 'seen === "never" && !release.planDigest',
      },
    ],
    tests: [approval],
  },
  {
    check: 'digest: approvals of another plan do not count',
    file: 'src/policy/may-execute.ts',
    edits: [
      {
        find: 'filter(({ digest }) => digest === planDigest)',
        replace: 'filter(({ digest }) => digest !== planDigest || true)',
      },
    ],
    tests: [mayExecute],
  },
  {
    check: 'digest: approvals are void after a new plan',
    file: 'src/release/fold-release.ts',
    edits: [
      {
        find: '        approvals: [],\n        decisions: [],\n        deadline: what.deadline,',
        replace: '        decisions: [],\n        deadline: what.deadline,',
      },
    ],
    tests: [approval],
  },
  {
    check: 'self approval at the press',
    file: 'src/engine/acts/decide.ts',
    edits: [
      {
        find: 'if (own && !release.plan.selfApproval) {',
        replace: "if (own && release.id === '') {",
      },
    ],
    tests: [approval],
  },
  {
    check: 'self approval at execution',
    file: 'src/policy/may-execute.ts',
    edits: [
      {
        find: 'plan.selfApproval || by !== personOf(release.requester)',
        replace: "plan.selfApproval || by !== ''",
      },
    ],
    tests: [mayExecute],
  },
  {
    check: 'one person is one approval',
    file: 'src/engine/acts/decide.ts',
    edits: [
      {
        find: 'a.by === by.actor && a.digest === release.planDigest',
        replace: 'a.by === "" && by.actor === ""',
      },
    ],
    tests: [approval],
  },
  {
    check: 'memberships that cannot be read refuse the switch',
    file: 'src/policy/may-execute.ts',
    edits: [
      {
        find: 'if (standing.roles.has(role)) return undefined;',
        replace: 'if (standing.roles.has(role) || standing.unread.length > 0) return undefined;',
      },
    ],
    tests: [mayExecute],
  },
  {
    check: 'a channel out of reach keeps a release from switching',
    file: 'src/policy/may-execute.ts',
    edits: [{ find: 'channelAwayMs > channelPatienceMs &&', replace: 'channelAwayMs < 0 &&' }],
    tests: [mayExecute],
  },
  {
    check: 'a journal that does not verify keeps a release from switching',
    file: 'src/policy/may-execute.ts',
    edits: [{ find: 'journalFault !== undefined', replace: "journalFault === ''" }],
    tests: [mayExecute],
  },
  {
    check: 'self approval by another door',
    file: 'src/policy/may-execute.ts',
    edits: [{ find: '.map(({ by }) => personOf(by))', replace: '.map(({ by }) => by)' }],
    tests: [mayExecute],
  },
  {
    check: 'a hold keeps a release from switching',
    file: 'src/policy/may-execute.ts',
    edits: [
      {
        find: 'hold !== undefined && release.override === undefined',
        replace: 'hold !== undefined && release.id === ""',
      },
    ],
    tests: [mayExecute],
  },
  {
    check: 'an approval after its deadline',
    file: 'src/engine/stages/awaiting-approval.ts',
    edits: [{ find: 'if (left === 0) {', replace: 'if (left < 0) {' }],
    tests: [approval],
  },
  {
    check: 'a version: a digest that was cut is refused',
    file: 'src/release/version.ts',
    edits: [{ find: 'return digits.length === length', replace: 'return digits.length <= length' }],
    tests: ['test/release/version.test.ts'],
  },
  {
    check: 'a version: it can be no option of a program',
    file: 'src/release/version.ts',
    edits: [{ find: '/^[A-Za-z0-9_][A-Za-z0-9_', replace: '/^[A-Za-z0-9_-][A-Za-z0-9_' }],
    tests: ['test/release/version.test.ts'],
  },
  {
    check: 'a reason that a service needs',
    file: 'src/engine/acts/ask-release.ts',
    edits: [
      {
        find: 'return putsBack === true ? undefined :',
        replace: "return putsBack !== undefined || service.name !== '' ? undefined :",
      },
    ],
    tests: [approval],
  },
];
