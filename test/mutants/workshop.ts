import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, mutate } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copied = [
  'src',
  'examples',
  'test',
  'demo',
  'migrations',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
];

/** How the tests took one change. */
export type Verdict =
  | { readonly kind: 'killed'; readonly by: readonly string[] }
  | { readonly kind: 'survived' }
  /** Nothing was tested. */
  | { readonly kind: 'broken'; readonly why: string };

interface TestReport {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A copy of the repository in which code may be broken. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pm-mutants-'));

  constructor() {
    for (const name of copied)
      cpSync(join(root, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Runs the mutant's tests against it. The copy is whole again afterwards. */
  async judge(mutant: Mutant): Promise<Verdict> {
    const path = join(this.#folder, mutant.file);
    const text = readFileSync(path, 'utf8');
    try {
      writeFileSync(path, mutate(text, mutant));
      return verdictOf(await this.#test(mutant.tests));
    } catch (error) {
      return { kind: 'broken', why: (error as Error).message };
    } finally {
      writeFileSync(path, text);
    }
  }

  /** The same tests without a change: what fails here proves nothing. */
  async unchanged(tests: readonly string[]): Promise<Verdict> {
    return verdictOf(await this.#test(tests, 0));
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #test(tests: readonly string[], bail = 1): Promise<TestReport> {
    const report = join(this.#folder, 'report.json');
    rmSync(report, { force: true });
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const how = ['run', '--reporter=json', `--outputFile=${report}`, `--bail=${bail}`];
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [vitest, ...how, '--maxWorkers=1', ...tests], {
        cwd: this.#folder,
        stdio: 'ignore',
      });
      child.once('error', reject);
      child.once('exit', () => {
        try {
          resolve(JSON.parse(readFileSync(report, 'utf8')) as TestReport);
        } catch (error) {
          reject(new Error(`The tests ${tests.join(', ')} gave no report.`, { cause: error }));
        }
      });
    });
  }
}

function verdictOf({ numTotalTests, testResults }: TestReport): Verdict {
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
  if (failed.length > 0) return { kind: 'killed', by: failed };
  const message = testResults.find((result) => result.message !== '')?.message;
  if (message !== undefined) return { kind: 'broken', why: message.slice(0, 500) };
  return numTotalTests === 0 ? { kind: 'broken', why: 'no test was run' } : { kind: 'survived' };
}
