import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files take longest, longest first: begun last, one of them would run alone at the end. */
const longFirst = [
  'test/faults/kill.test.ts',
  'test/faults/',
  'test/bot/',
  'test/soak/',
  'test/engine/',
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a.moduleId) - rank(b.moduleId));
  }
}

function rank(file: string): number {
  const path = relative(import.meta.dirname, file);
  const at = longFirst.findIndex((folder) => path.startsWith(folder));
  return at === -1 ? longFirst.length : at;
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/no-network.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
  },
});
