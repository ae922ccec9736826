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

interface Killed {
  readonly kind: 'killed';
  readonly by: readonly string[];
}

/** How the tests took one change. */
export type Verdict =
  | Killed
  | { readonly kind: 'survived' }
  /** Nothing was tested. */
  | { readonly kind: 'broken'; readonly why: string };

interface TestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A copy of the repository in which code may be broken. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pm-mutants-'));
  /** What is known of tests without a mutant, by file and name. */
  readonly #sound = new Map<string, Verdict>();

  constructor() {
    for (const name of copied)
      cpSync(join(root, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /**
   * Runs the mutant's tests against it, those named `first` before all others. The copy is whole again afterwards. A test
   * that fails without the mutant, too, proves nothing.
   */
  async judge(mutant: Mutant, first: readonly string[] = []): Promise<Verdict> {
    const path = join(this.#folder, mutant.file);
    const text = readFileSync(path, 'utf8');
    try {
      writeFileSync(path, mutate(text, mutant));
      const verdict = await this.#verdictOn(mutant, first);
      if (verdict.kind !== 'killed') return verdict;
      writeFileSync(path, text);
      return await this.#confirm(verdict, mutant.tests);
    } catch (error) {
      return { kind: 'broken', why: (error as Error).message };
    } finally {
      writeFileSync(path, text);
    }
  }

  async #verdictOn({ tests, only }: Mutant, first: readonly string[]): Promise<Verdict> {
    if (first.length > 0) {
      const verdict = verdictOf(await this.#test(tests, first.map(escaped).join('|')));
      if (verdict.kind === 'killed') return verdict;
    }
    return verdictOf(await this.#test(tests, only));
  }

  /** The same tests without a change. */
  async #confirm(killed: Killed, tests: readonly string[]): Promise<Verdict> {
    const [name = ''] = killed.by;
    const key = `${tests.join()} ${name}`;
    const verdict =
      this.#sound.get(key) ?? verdictOf(await this.#test(tests, `^${escaped(name)}$`));
    this.#sound.set(key, verdict);
    if (verdict.kind === 'survived') return killed;
    return { kind: 'broken', why: `"${name}" does not pass without the mutant` };
  }

  end(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #test(tests: readonly string[], names?: string): Promise<TestReport> {
    const report = join(this.#folder, 'report.json');
    rmSync(report, { force: true });
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const how = ['run', '--reporter=json', `--outputFile=${report}`, '--bail=1'];
    if (names !== undefined) how.push('-t', names);
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

/** As vitest takes names of tests: a regular expression. */
function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function verdictOf({ testResults }: TestReport): Verdict {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (wanted: string) =>
    all.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  const failed = named('failed');
  if (failed.length > 0) return { kind: 'killed', by: failed };
  const message = testResults.find((result) => result.message !== '')?.message;
  if (message !== undefined) return { kind: 'broken', why: message.slice(0, 500) };
  return named('passed').length === 0
    ? { kind: 'broken', why: 'no test was run' }
    : { kind: 'survived' };
}
