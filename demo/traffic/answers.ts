import type { Side } from '../../src/release/vocabulary.ts';

/** What came back from one node since the start of the load. */
export class Answers {
  readonly node: string;
  readonly from: Record<Side, number> = { blue: 0, green: 0 };
  /** A sentence for each request that did not get a whole 200 from one of the sides; the first of them. */
  readonly failures: string[] = [];
  failed = 0;

  constructor(node: string) {
    this.node = node;
  }

  get good(): number {
    return this.from.blue + this.from.green;
  }

  /** Counts a whole answer; true where it is one that an application of the demo gives. */
  count(status: number, body: string): boolean {
    const side = /^version=(blue|green) /.exec(body)?.[1] as Side | undefined;
    if (status !== 200 || side === undefined) {
      this.fail(`status ${status}, "${body.slice(0, 60).trim()}"`);
      return false;
    }
    this.from[side] += 1;
    return true;
  }

  /** `count`: how many requests the sentence is about; 1. */
  fail(sentence: string, count = 1): void {
    this.failed += count;
    if (this.failures.length < 5) this.failures.push(sentence);
  }
}
