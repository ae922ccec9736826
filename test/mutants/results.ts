import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Verdict } from './workshop.ts';

/** What became of one mutant, as a line of the results file. */
export interface Result {
  readonly check: string;
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** Results on disk, one JSON per line: a run that is cut off goes on where it was. The newest line of a check counts. */
export class Results {
  readonly #file: string;
  readonly #known = new Map<string, Result>();

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const result = parsed(line);
      if (result !== undefined) this.#known.set(result.check, result);
    }
  }

  of(check: string): Result | undefined {
    return this.#known.get(check);
  }

  add(result: Result): void {
    this.#known.set(result.check, result);
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }
}

/** Undefined for a line that was cut off when its run was killed. */
function parsed(line: string): Result | undefined {
  try {
    return JSON.parse(line) as Result;
  } catch {
    return undefined;
  }
}

/** The mutants of shard `i` of `n`, "1/4": spread so that each shard has some of every room. */
export function shardOf<T>(all: readonly T[], shard: string): readonly T[] {
  const [i = 0, n = 0] = shard.split('/').map(Number);
  if (!(Number.isInteger(i) && Number.isInteger(n) && i >= 1 && i <= n)) {
    throw new Error(`--shard takes i/n with 1 <= i <= n, not "${shard}".`);
  }
  return all.filter((_, index) => index % n === i - 1);
}
