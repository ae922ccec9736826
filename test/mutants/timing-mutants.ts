import type { Mutant } from './mutant.ts';

const file = 'src/timing/deadline.ts';
const tests = ['test/timing/deadline.test.ts'];
const pulse = ['test/slack/socket-pulse.test.ts'];

/** A stalled event loop is not a silent node. */
export const timingMutants: readonly Mutant[] = [
  {
    check: 'stalls: a deadline that was spoilt is extended',
    file,
    edits: [{ find: 'if (missingMs > 0) this', replace: 'if (missingMs > 1e12) this' }],
    tests,
  },
  {
    check: 'stalls: one poll phase passes before a deadline is believed',
    file,
    edits: [{ find: 'else setImmediate(() => this.#expire());', replace: 'else this.#expire();' }],
    tests,
  },
  {
    check: 'stalls: time in which nothing could be seen does not count',
    file: 'src/timing/awake-clock.ts',
    edits: [
      {
        find: 'Math.min(now - this.#last, 2 * tickMs)',
        replace: 'Math.max(now - this.#last, 2 * tickMs - tickMs * 2)',
      },
    ],
    tests,
  },
  {
    check: 'socket mode: a connection that answers no ping is cut',
    file: 'src/slack/socket-pulse.ts',
    edits: [{ find: '() => cut(line));', replace: '() => undefined);' }],
    tests: pulse,
  },
  {
    check: 'socket mode: a stall is not the silence of Slack',
    file: 'src/slack/socket-pulse.ts',
    edits: [
      {
        find: 'next = new Deadline(times.silentMs, () => cut(line));',
        replace:
          'const at = Date.now(); next = new Deadline(times.everyMs, () => { if (Date.now() - at > times.silentMs) cut(line); });',
      },
    ],
    tests: pulse,
  },
];
