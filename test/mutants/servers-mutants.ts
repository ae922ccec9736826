// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of code
import type { Mutant } from './mutant.ts';

const single = 'test/engine/servers/single.test.ts';
const stopped = 'test/engine/servers/stopped.test.ts';
const rolling = 'test/engine/servers/rolling.test.ts';

/** Single servers: who may be taken, when, and what is done when it does not go as meant. */
export const serversMutants: readonly Mutant[] = [
  {
    check: 'servers: the last healthy one is not taken, by the plan',
    file: 'src/engine/acts/servers/plan-servers.ts',
    edits: [{ find: 'if (failed.length === 0)', replace: 'if (failed.length >= 0)' }],
    tests: [single],
  },
  {
    check: 'servers: the last healthy one is not taken, in preflight',
    file: 'src/engine/servers/servers-preflight.ts',
    edits: [
      {
        find: 'if (failed.length === 0) return passed;',
        replace: 'if (failed.length >= 0) return passed;',
      },
    ],
    tests: [stopped],
  },
  {
    check: 'servers: the last healthy one is not taken, right before each batch',
    file: 'src/engine/servers/converge-servers.ts',
    edits: [
      { find: 'if (none !== undefined) return none;', replace: 'if (none === null) return none;' },
    ],
    tests: [stopped],
  },
  {
    check: 'servers: what does not come back healthy stops it',
    file: 'src/engine/servers/healthy-again.ts',
    edits: [
      {
        find: 'return neverCameBack(context, step, sick);',
        replace: 'return step.servers.length > 0 ? passed : neverCameBack(context, step, sick);',
      },
    ],
    tests: [rolling],
  },
  {
    check: 'servers: sessions are waited for before a server goes to maint',
    file: 'src/engine/servers/empty-servers.ts',
    edits: [
      {
        find: 'if (leftOn(counts) === 0) return passed;',
        replace: 'if (leftOn(counts) >= 0) return passed;',
      },
    ],
    tests: [stopped],
  },
  {
    check: 'servers: a hook that fails stops it',
    file: 'src/engine/servers/servers-hook.ts',
    edits: [
      {
        find: 'return stopped(context, `The hook deploy failed. ${sentence} Re-apply runs it again.`);',
        replace: 'return undefined;',
      },
    ],
    tests: [stopped],
  },
  {
    check: 'servers: a batch is taken out on every node or on none',
    file: 'src/engine/servers/converge-servers.ts',
    edits: [
      {
        find: 'return takes && problems.length > 0 ? [] : away;',
        replace: 'return takes && problems.length > 99 ? [] : away;',
      },
    ],
    tests: [stopped],
  },
];
