import type { Mutant } from './mutant.ts';

const route = 'src/haproxy/routes/config';
const tests = 'test/haproxy/routes/config';

/** Route `config`: the file, the reload, and what proves it. */
export const configMutants: readonly Mutant[] = [
  {
    check: 'a changed haproxy.cfg is checked before it takes its place',
    file: `${route}/stage-switch.ts`,
    edits: [{ find: `if (check.kind === 'valid') return`, replace: 'if (check.kind) return' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'what was staged and refused is removed',
    file: `${route}/stage-switch.ts`,
    edits: [{ find: '  await file.discard();\n', replace: '' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'a reload that failed puts the old haproxy.cfg back',
    file: `${route}/fire-switch.ts`,
    edits: [
      {
        find: 'await replaceFile(back, options.failpoint ?? (() => {}));',
        replace:
          'await replaceFile({ path, before: after, after }, options.failpoint ?? (() => {}));',
      },
    ],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'a worker that was not checked is not replaced by a reload',
    file: `${route}/fire-switch.ts`,
    edits: [{ find: 'if (isSameWorker(info.worker, expected)) return', replace: 'return' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'a reload begins in a later second than the change',
    file: `${route}/fire-switch.ts`,
    edits: [{ find: 'while (leftMs() > 0) await', replace: 'if (leftMs() > 99_999) await' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'a worker of before the last change is not taken for one that has read it',
    file: `${route}/memory.ts`,
    edits: [
      {
        find: 'if (worker.startedAt > changedAt)',
        replace: 'if (worker.startedAt > changedAt - 60)',
      },
    ],
    tests: [`${tests}/read.test.ts`],
  },
  {
    check: 'what a worker was seen with is not believed of the next one',
    file: `${route}/seen-workers.ts`,
    edits: [
      {
        find: 'last !== undefined && isSameWorker(last.worker, worker)',
        replace: 'last !== undefined && worker.pid > 0',
      },
    ],
    tests: [`${tests}/read.test.ts`],
  },
  {
    check: 'behind a reload that failed a node is written again before it is believed',
    file: `${route}/fire-switch.ts`,
    edits: [{ find: '  forgetWorker(node);\n', replace: '' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'a file that names the other side is a switch that was begun',
    file: `${route}/memory.ts`,
    edits: [
      { find: 'if (sameHeld(known, disk)) return known;', replace: 'if (disk) return known;' },
    ],
    tests: [`${tests}/read.test.ts`],
  },
  {
    check: 'a file that was put there with an old time counts as changed',
    file: 'src/haproxy/config-file/config-on-disk.ts',
    edits: [
      {
        find: 'const times = [link.mtimeNs, link.ctimeNs, target.mtimeNs, target.ctimeNs];',
        replace: 'const times = [link.mtimeNs, target.mtimeNs];',
      },
    ],
    tests: [`${tests}/read.test.ts`],
  },
  {
    check: 'a link that leads elsewhere counts as a change',
    file: 'src/haproxy/config-file/config-on-disk.ts',
    edits: [
      {
        find: 'const times = [link.mtimeNs, link.ctimeNs, target.mtimeNs, target.ctimeNs];',
        replace: 'const times = [target.mtimeNs, target.ctimeNs, link.ino * 0n];',
      },
    ],
    tests: [`${tests}/read.test.ts`],
  },
  {
    check: 'the master’s counters say whether a reload failed',
    file: `${route}/reload.ts`,
    edits: [{ find: 'if (tried.failed > 0) {', replace: 'if (tried.failed > 99) {' }],
    tests: [`${tests}/switch.test.ts`],
  },
  {
    check: 'no further reload counted is no reload',
    file: `${route}/reload.ts`,
    edits: [
      {
        find: 'processes.reloads === before.processes.reloads ? undefined : processes',
        replace: 'processes',
      },
    ],
    tests: [`${tests}/faults.test.ts`],
  },
  {
    check: 'a check command sees nothing of the environment',
    file: 'src/haproxy/config-file/check-config.ts',
    edits: [{ find: 'env: { PATH: path },', replace: 'env: { ...process.env, PATH: path },' }],
    tests: ['test/haproxy/config-file/check-config.test.ts'],
  },
  {
    check: 'a check command is ended with everything it started',
    file: 'src/haproxy/config-file/check-config.ts',
    edits: [{ find: 'process.kill(-pid,', replace: 'process.kill(pid,' }],
    tests: ['test/haproxy/config-file/check-config.test.ts'],
  },
  {
    check: 'two lines that could be meant are none',
    file: 'src/haproxy/config-file/traffic-line.ts',
    edits: [{ find: 'if (others.length > 0) {', replace: 'if (others.length > 99) {' }],
    tests: ['test/haproxy/config-file/traffic-line.test.ts'],
  },
];
