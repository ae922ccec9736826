import type { Mutant } from './mutant.ts';

const socket = 'test/cli/bot-socket.test.ts';
const restored = 'test/engine/restored.test.ts';
const damaged = 'test/journal/damaged.test.ts';

/** The command line beside the bot, and a journal that was brought back or is damaged. */
export const houseMutants: readonly Mutant[] = [
  {
    check: 'command line: a release whose bot is gone is not known to be done',
    file: 'src/cli/follow.ts',
    edits: [{ find: 'exit: exitCodes.needsAttention,', replace: 'exit: exitCodes.done,' }],
    tests: ['test/cli/follow.test.ts'],
  },
  {
    check: 'command line: what is late is not begun by a bot that wakes up',
    file: 'src/cli/bot-socket.ts',
    edits: [{ find: 'if (deps.isPast(asking.until) || (', replace: 'if ((' }],
    tests: [socket],
  },
  {
    check: 'command line: what its asker hung up on is not begun',
    file: 'src/cli/bot-socket.ts',
    edits: [{ find: ' || (await isGone(request))) {', replace: ') {\n    void isGone;' }],
    tests: [socket],
  },
  {
    check: 'command line: a bot that says nothing is given up',
    file: 'src/cli/ask-bot.ts',
    edits: [{ find: 'new Deadline(patienceMs,', replace: 'new Deadline(1e9 + patienceMs,' }],
    tests: [socket],
  },
  {
    check: 'one process per database, by whatever link',
    file: 'src/journal/open-store.ts',
    edits: [
      {
        find: 'const path = realPlace(options.path);',
        replace: 'const path = options.path;\n  void realPlace;',
      },
    ],
    tests: ['test/journal/open-store.test.ts'],
  },
  {
    check: 'recovery: a file that is ahead of the journal is explained by nobody',
    file: 'src/engine/recover.ts',
    edits: [
      {
        find: 'if (ahead.length === 0) return undefined;',
        replace: 'if (ahead.length >= 0) return undefined;',
      },
    ],
    tests: [restored],
  },
  {
    check: 'restore: what was open needs a person',
    file: 'src/journal/restore.ts',
    edits: [{ find: '      ...open.map(needsPerson),\n', replace: '' }],
    tests: ['test/journal/copies.test.ts'],
  },
  {
    check: 'restore: nothing is tried until a person has named the side',
    file: 'src/engine/drive.ts',
    edits: [{ find: `attention?.asks === 'side' &&`, replace: `attention?.asks === 'hook' &&` }],
    tests: [restored],
  },
  {
    check: 'going back: a file that names the new side goes back, too',
    file: 'src/engine/go-back.ts',
    edits: [
      {
        find: 'return ahead ? persistAll(context, from) : undefined;',
        replace: 'return ahead && from === to ? persistAll(context, from) : undefined;',
      },
    ],
    tests: [restored],
  },
  {
    check: 'damaged pages: going back goes on from what is remembered',
    file: 'src/journal/means.ts',
    edits: [
      { find: '      return this.#withLastMeans(error, work);', replace: '      throw error;' },
    ],
    tests: [damaged],
  },
  {
    check: 'damaged pages: nothing is written into them',
    file: 'src/journal/means.ts',
    edits: [{ find: 'if (this.#damage !== undefined) return this.#damage;', replace: '' }],
    tests: [damaged],
  },
];
