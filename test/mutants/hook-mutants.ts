import type { Mutant } from './mutant.ts';

const room = 'test/hooks/run-hook.test.ts';
const points = 'test/engine/hooks/points.test.ts';
const cutOff = 'test/engine/hooks/cut-off.test.ts';
const noReturn = 'test/engine/hooks/no-return.test.ts';
const overwritten = 'test/engine/hooks/overwritten.test.ts';

/** A service's own commands: what they see, what ends with them, when they run, and when they do not. */
export const hookMutants: readonly Mutant[] = [
  {
    check: 'hooks: the environment is an allow-list',
    file: 'src/hooks/run-command.ts',
    edits: [{ find: 'extendEnv: false', replace: 'extendEnv: true' }],
    tests: [room],
  },
  {
    check: 'hooks: a listed variable that holds a secret of the bot is left out',
    file: 'src/config/hook-variables.ts',
    edits: [{ find: 'value === undefined || holdsSecret', replace: 'value === undefined' }],
    tests: ['test/config/hooks.test.ts'],
  },
  {
    check: 'hooks: the whole process group ends',
    file: 'src/hooks/process-group.ts',
    edits: [{ find: 'process.kill(-leader, signal)', replace: 'process.kill(leader, signal)' }],
    tests: [room],
  },
  {
    check: 'hooks: who ignores SIGTERM is killed',
    file: 'src/hooks/process-group.ts',
    edits: [{ find: "  tell(leader, 'SIGKILL');\n", replace: '' }],
    tests: [room],
  },
  {
    check: 'hooks: a fact that is not known runs nothing',
    file: 'src/hooks/run-hook.ts',
    edits: [{ find: "if ('missing' in words) {", replace: "if ('never' in words) {" }],
    tests: [room],
  },
  {
    check: 'hooks: the intent before the run',
    file: 'src/engine/run-hook.ts',
    edits: [
      {
        find: '  const { seq } = context.record({',
        replace:
          '  await new Promise((resolve) => setTimeout(resolve, 50));\n  const { seq } = context.record({',
      },
      {
        find: '  const before = lastRun(context.anyRelease.hooks, point, server);',
        replace:
          '  const before = lastRun(context.anyRelease.hooks, point, server);\n  void deps.runHook(hook, facts, { signal, onOutput: () => undefined });',
      },
    ],
    tests: [points],
  },
  {
    check: 'hooks: in doubt, and not idempotent: not run again by itself',
    file: 'src/engine/run-hook.ts',
    edits: [
      { find: 'if (hook.idempotent) return undefined;', replace: 'if (hook) return undefined;' },
    ],
    tests: [cutOff],
  },
  {
    check: 'hooks: a person who has to say so is not passed by a look at the nodes',
    file: 'src/engine/drive.ts',
    edits: [
      {
        find: 'if (attention?.asks !== undefined && !attention.reapplying) {',
        replace: 'if (attention?.users !== undefined && !attention.reapplying) {',
      },
    ],
    tests: [noReturn],
  },
  {
    check: 'hooks: a side with users is not deployed to',
    file: 'src/engine/stages/deploying.ts',
    edits: [{ find: 'if (isLeft(counts)) return {', replace: 'if (counts.length >= 0) return {' }],
    tests: [overwritten],
  },
  {
    check: 'hooks: the lock is held until a hook that was cancelled is dead',
    file: 'src/engine/acts/decide.ts',
    edits: [{ find: 'if (runningHook(release.hooks) !== undefined) {', replace: 'if (false) {' }],
    tests: [cutOff],
  },
  {
    check: 'hooks: the gates are read again after before_switch',
    file: 'src/engine/stages/preflight.ts',
    edits: [
      {
        find: "if (end.kind === 'succeeded') return untilGatesHold(context);",
        replace: "if (end.kind === 'succeeded') return passed;",
      },
    ],
    tests: [points],
  },
  {
    check: 'point of no return: no machine goes back',
    file: 'src/engine/no-return.ts',
    edits: [
      { find: 'if (noReturn === undefined) return', replace: 'if (noReturn !== null) return' },
    ],
    tests: [noReturn],
  },
  {
    check: 'point of no return: a second person, not the first one twice',
    file: 'src/engine/acts/second-person.ts',
    edits: [{ find: 'return same\n', replace: 'return same && false\n' }],
    tests: [noReturn],
  },
  {
    check: 'point of no return: also in flight',
    file: 'src/engine/acts/abort.ts',
    edits: [{ find: 'askSecondPerson(engine, now, ask, by) ?? sendBack', replace: 'sendBack' }],
    tests: [noReturn],
  },
  {
    check: 'others: a hook does not run on a side that somebody else uses',
    file: 'src/engine/other-users.ts',
    edits: [
      { find: 'if (users.every((one)', replace: 'if (users.length < 99 || users.every((one)' },
    ],
    tests: ['test/engine/hooks/shared-side.test.ts'],
  },
  {
    check: 'others: a word for some does not count for those who come later',
    file: 'src/engine/other-users.ts',
    edits: [
      {
        find: 'users.every((one) => allowed',
        replace: 'users.some((one) => allowed.size > 0 || allowed',
      },
    ],
    tests: ['test/engine/hooks/shared-side.test.ts'],
  },
  {
    check: 'others: the question of a hook is not ended by a look while they are there',
    file: 'src/engine/other-users.ts',
    edits: [
      {
        find: 'now.some((one) => asked.includes(one))',
        replace: 'now.length > 99 && now.some((one) => asked.includes(one))',
      },
    ],
    tests: ['test/engine/hooks/shared-side.test.ts'],
  },
  {
    check: 'others: other backends with the same servers count',
    file: 'src/haproxy/other-users/same-servers.ts',
    edits: [
      { find: '.filter((one) => !isOwn(one))', replace: '.filter((one) => isOwn(one) && false)' },
    ],
    tests: ['test/haproxy/other-users/other-users.test.ts'],
  },
  {
    check: 'others: every loaded map counts',
    file: 'src/haproxy/other-users/other-users.ts',
    edits: [
      { find: 'for (const map of maps) {', replace: 'for (const map of maps.slice(0, 1)) {' },
    ],
    tests: ['test/haproxy/other-users/other-users.test.ts'],
  },
  {
    check: 'others: the default of a map counts where a lookup may miss',
    file: 'src/haproxy/other-users/config-uses.ts',
    edits: [{ find: '...(takesDefault &&', replace: '...(takesDefault && isFound &&' }],
    tests: ['test/haproxy/other-users/config-uses.test.ts'],
  },
];
